"""Build both images, run both, compare: the proof of a rewrite.

::

    from imgslim.verify.verify import Before, verify

    verify(before, after, context, dockerfile=None, options=VerifyOptions(), progress=None) -> Verdict

    with Before(text, context, dockerfile=None, options=VerifyOptions(), progress=None) as before:
        before.compare(after_text) -> Verdict      # as often as there are targets; the original is built and run once

``progress`` takes one line of text for people at a time. Both raise :class:`imgslim.errors.EngineOrSystemError`
(``no-engine``, ``old-engine``, ``no-docker-command``) where there is nothing to build with.
"""
