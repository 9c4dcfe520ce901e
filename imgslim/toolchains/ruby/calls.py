"""What methods of Ruby's library and well-known gems ask of the image: tables by name.

Method names by the documentation of Ruby's core and standard library; gems by their own specifications and sources.
"""

from __future__ import annotations

from imgslim.model import NeedKind

#: Receiver and name of what starts a program; bare ones are Kernel's.
STARTS = frozenset(
    {("", n) for n in ("system", "exec", "spawn")}
    | {("Kernel", n) for n in ("system", "exec", "spawn")}
    | {("Process", n) for n in ("spawn", "exec")}
    | {("IO", "popen"), ("PTY", "spawn"), ("PTY", "getpty")}
    | {("Open3", n) for n in (
        "popen3", "popen2", "popen2e", "capture3", "capture2", "capture2e", "pipeline", "pipeline_r", "pipeline_w",
        "pipeline_rw", "pipeline_start",
    )}
)  # fmt: skip
#: Methods that run their first argument as code, where that is a text.
RUNS_CODE = frozenset({"eval", "instance_eval", "class_eval", "module_eval"})
#: Modules whose methods are there without a receiver where they are included.
INCLUDED = frozenset({"Kernel", "Process", "Open3", "PTY"})
#: Methods that call the method that their first argument names; the first of them only gives it as a value.
BY_NAME = frozenset({"method", "send", "public_send", "__send__"})
#: Receivers of what rake and its FileUtils run as a command line (Rake, "sh").
RAKE = frozenset({"", "FileUtils", "Rake", "Rake::FileUtilsExt"})
#: Receiver and name of what reads or lists a file whose path is the first argument.
OPENS = frozenset(
    {(r, n) for r in ("File", "IO") for n in ("read", "binread", "readlines", "foreach", "open", "new")}
    | {("File", "realpath"), ("", "open"), ("Kernel", "open")}
    | {("Dir", n) for n in ("chdir", "children", "each_child", "entries", "foreach", "glob", "new", "open")}
    | {("YAML", n) for n in ("load_file", "safe_load_file", "unsafe_load_file")}
    | {("JSON", "load_file"), ("CSV", "read"), ("CSV", "foreach"), ("CSV", "open"), ("PStore", "new")}
    | {("Pathname", "new"), ("", "Pathname"), ("SQLite3::Database", "new")}
)
#: Receiver and name of what asks about a file whose path is the first argument: what is missing changes the answer.
ASKS = frozenset(
    {(r, n) for r in ("File", "FileTest") for n in (
        "executable?", "executable_real?", "exist?", "file?", "readable?", "size?", "symlink?", "zero?",
    )}
    | {("File", n) for n in ("lstat", "readlink", "size", "stat")} | {("Dir", "exist?"), ("Dir", "empty?")}
)  # fmt: skip
#: Of them those that tell whether a program is there.
EXECUTABLE = frozenset({"executable?", "executable_real?"})
#: Receiver and name of what takes a port or the name of its service (services(5)), and where that stands.
PORTS: dict[tuple[str, str], int] = {
    ("Addrinfo", "getaddrinfo"): 1, ("Addrinfo", "tcp"): 1, ("Addrinfo", "udp"): 1, ("Addrinfo", "foreach"): 1,
    ("Socket", "getaddrinfo"): 1, ("Socket", "tcp"): 1, ("Socket", "tcp_server_sockets"): -1,
    ("Socket", "sockaddr_in"): 0, ("Socket", "pack_sockaddr_in"): 0,
    ("TCPSocket", "new"): 1, ("TCPSocket", "open"): 1, ("TCPServer", "new"): -1, ("TCPServer", "open"): -1,
}  # fmt: skip
#: Receiver and name of what makes a file whose path is the first argument: its folder has to be there.
MAKES = frozenset((r, n) for r in ("File", "IO") for n in ("write", "binwrite"))
#: The same, where the second argument says so, as "w" or "a+".
OPENS_TO_WRITE = frozenset(
    {("File", "open"), ("File", "new"), ("", "open"), ("Kernel", "open"), ("IO", "open"), ("CSV", "open")}
)
#: Receiver and name of what opens a shared library.
LIBRARIES = frozenset({("Fiddle", "dlopen"), ("", "dlload"), ("", "ffi_lib"), ("Fiddle::Handle", "new")})

#: Constants whose use asks for something.
CONSTANTS: dict[str, NeedKind] = {
    "Net::HTTP": NeedKind.CERTIFICATES,
    "OpenSSL::SSL": NeedKind.CERTIFICATES,
    "OpenSSL::SSL::SSLContext": NeedKind.CERTIFICATES,
    "OpenSSL::SSL::SSLSocket": NeedKind.CERTIFICATES,
    "OpenSSL::X509::Store": NeedKind.CERTIFICATES,
    "Net::SMTP": NeedKind.CERTIFICATES,
    "Net::IMAP": NeedKind.CERTIFICATES,
    "TZInfo::Timezone": NeedKind.TIME_ZONES,
    "ActiveSupport::TimeZone": NeedKind.TIME_ZONES,
    # In the zone that TZ names, which who starts the image may set (Time, "Timezone Specifiers").
    **dict.fromkeys(("Time", "DateTime", "Date", "Logger"), NeedKind.TIME_ZONES),
    "TCPSocket": NeedKind.NAME_SERVICE,
    "UDPSocket": NeedKind.NAME_SERVICE,
    "Addrinfo": NeedKind.NAME_SERVICE,
    "Resolv": NeedKind.NAME_SERVICE,
    "Etc": NeedKind.USERS,
    "Tempfile": NeedKind.TMP,
}
#: Methods whose call asks for something, by receiver and name.
METHODS: dict[tuple[str, str], NeedKind] = {
    ("URI", "open"): NeedKind.CERTIFICATES,
    ("Socket", "getservbyname"): NeedKind.NAME_SERVICE,
    ("Socket", "getservbyport"): NeedKind.NAME_SERVICE,
    ("Addrinfo", "getnameinfo"): NeedKind.NAME_SERVICE,
    ("Dir", "home"): NeedKind.USERS,
    ("File", "chown"): NeedKind.USERS,
    ("Dir", "mktmpdir"): NeedKind.TMP,
    ("Dir", "tmpdir"): NeedKind.TMP,
    (".", "in_time_zone"): NeedKind.TIME_ZONES,
}
#: Of the methods those that read services(5).
SERVICES = frozenset({"getservbyname", "getservbyport", "getnameinfo"})

_CERTIFICATES = """
aws-sdk-core down em-http-request excon faraday faye-websocket gitlab google-apis-core google-cloud-core http http.rb
httpclient httparty httpx jira-ruby koala mechanize mail net-http net-imap net-pop net-smtp octokit open-uri
patron pusher rest-client sentry-raven sentry-ruby slack-notifier slack-ruby-client stripe telegram-bot-ruby twilio-ruby
twitter typhoeus web-push webpush
"""
_NAMES = "bunny dalli hiredis mongo mysql2 pg redis redis-client sequel trilogy"
#: Gems that dial out with TLS, or whose whole use is another host.
TLS_GEMS = frozenset(_CERTIFICATES.split())
NAME_GEMS = frozenset(_NAMES.split()) | TLS_GEMS
#: Gems that ask for time zones: they take the system's where gem tzinfo-data is not there.
ZONE_GEMS = frozenset({"tzinfo", "activesupport", "rufus-scheduler", "et-orbi", "fugit"})
#: Gems that spool requests or results into temporary files.
TMP_GEMS = frozenset({"puma", "rack", "thin", "unicorn", "passenger", "webrick", "falcon", "carrierwave", "shrine"})
#: Programs that gems start, by the gems' sources.
PROGRAM_GEMS: dict[str, tuple[str, ...]] = {
    "mini_magick": ("identify", "convert"),
    "execjs": ("node",),
    "streamio-ffmpeg": ("ffmpeg",),
    "wicked_pdf": ("wkhtmltopdf",),
    "pdfkit": ("wkhtmltopdf",),
    "rtesseract": ("tesseract",),
    "docsplit": ("gs",),
    "git": ("git",),
    "cocaine": (),
    "terrapin": (),
}
#: Shared libraries that gems open by name with a foreign function interface.
LIBRARY_GEMS: dict[str, str] = {
    "ruby-vips": "libvips.so.42",
    "ethon": "libcurl.so.4",
    "rbnacl": "libsodium.so.23",
    "ffi-rzmq-core": "libzmq.so.5",
    "ffi-aspell": "libaspell.so.15",
    "rugged-ffi": "libgit2.so",
}
#: Files of the system that gems read.
FILE_GEMS: dict[str, str] = {"mimemagic": "/usr/share/mime/packages/freedesktop.org.xml"}

#: Gems that were read once and ask for nothing of the image beside what the tables above say and their own libraries.
READ = frozenset(
    """
    actioncable actionmailbox actionmailer actionpack actiontext actionview activejob activemodel activerecord
    activestorage activesupport addressable base64 bcrypt benchmark bigdecimal bindex bootsnap builder bundler byebug
    coderay diff-lcs rspec rspec-core rspec-expectations rspec-mocks rspec-support
    coffee-script coffee-script-source concurrent-ruby connection_pool console crass csv daemons date dotenv
    dotenv-rails drb erb erubi erubis eventmachine fiber-annotation fiber-local fiber-storage ffi globalid haml hashie
    i18n io-console io-event irb jbuilder jquery-rails json jwt kramdown listen logger loofah mail marcel method_source
    mini_mime mini_portile2 minitest msgpack multi_json multipart-post mustermann mustermann-grape mutex_m mysql2
    net-protocol nio4r nokogiri observer oj ostruct pg pp prettyprint psych public_suffix puma racc rack rack-cors
    rack-protection rack-proxy rack-session rack-test rackup rails rails-dom-testing rails-html-sanitizer railties rake
    rdoc redcarpet redis redis-client redis-namespace reline rexml rouge ruby2_keywords sass sass-rails sassc
    sassc-rails securerandom sequel sidekiq sinatra sinatra-contrib slim slop sprockets sprockets-rails sqlite3
    stringio temple thor thread_safe tilt timeout turbolinks turbo-rails stimulus-rails importmap-rails tzinfo
    tzinfo-data uri useragent webrick websocket websocket-driver websocket-extensions zeitwerk
    """.split()
)
