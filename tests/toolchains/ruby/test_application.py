"""What a command line starts, and what that needs."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Declined, NeedKind, Rewritten
from imgslim.service import Options, slim
from imgslim.toolchains import first_names
from imgslim.toolchains.ruby import TOOLCHAIN
from tests.toolchains.ruby.support import (
    DEBIAN,
    FROM,
    GEMFILE,
    LOCK,
    application,
    kinds,
    paths,
    read,
    reasons,
    runs,
    script,
)

_BUNDLE = FROM + "RUN bundle install\n"
_FILES = {"Gemfile": GEMFILE, "Gemfile.lock": LOCK, "config.ru": "require './app'\nrun App\n", "app.rb": "App = 1\n"}


@pytest.mark.parametrize(
    "argv",
    [
        ("ruby", "app.rb"),
        ("/usr/local/bin/ruby", "-W0", "-Ilib", "-r", "json", "app.rb", "-p", "80"),
        ("ruby", "-e", "puts 1"),
        ("ruby", "-S", "puma"),
        ("bundle", "exec", "puma", "-C", "config/puma.rb"),
        ("bundle", "exec", "ruby", "app.rb"),
        ("rackup", "-p", "80"),
        ("puma",),
        ("./serve",),
    ],
)
def test_ruby_is_told_by_what_is_there(argv: tuple[str, ...]) -> None:
    """The interpreter, Bundler, programs of the project's gems, and scripts by their first lines."""
    lock = LOCK.replace("    puma (6", "    rack (3.0.0)\n    puma (6").replace("  puma (~> 6.4)\n", "  puma\n  rack\n")
    files = {**_FILES, "Gemfile.lock": lock, "serve": "#!/usr/bin/env ruby\n"}
    assert application(*argv, files=files, dockerfile=_BUNDLE).toolchain == "ruby"


@pytest.mark.parametrize("argv", [("puma",), ("rackup",), ("python", "app.py"), ("./serve",), ("rails", "s")])
def test_a_name_alone_tells_nothing(argv: tuple[str, ...]) -> None:
    """Without a gem that brings it a program is not Ruby's."""
    assert runs(*argv, files={"serve": "#!/bin/sh\nruby app.rb\n"}) is None


def test_gems_go_along() -> None:
    """The folder of the installer, with the assets that a task wrote."""
    found = application(
        "bundle", "exec", "puma", files=_FILES, dockerfile=_BUNDLE + "RUN bundle exec rake assets:precompile\n"
    )
    assert paths(found) == ["/srv", "/usr/local/bundle"]
    assert found.native
    assert (NeedKind.FILE, "/srv/Gemfile") in kinds(found)
    assert [t.path for t in (found.library or ())] == ["/usr/local/lib/ruby"]


def test_an_interpreter_of_the_distribution_is_its_packages() -> None:
    """They are installed again on a target of the same release."""
    text = DEBIAN.replace("ruby", "ruby ruby-sinatra puma curl")
    found = application("ruby", "app.rb", files=_FILES, dockerfile=text)
    assert found.packages == ("ruby", "ruby-sinatra", "puma")
    assert "/usr/lib/ruby" in [t.path for t in (found.library or ())]
    assert application("puma", files=_FILES, dockerfile=text).packages == found.packages


def test_a_program_of_a_gem_in_the_system_s_folder_goes_along() -> None:
    """Debian puts it beside, where every image looks."""
    text = DEBIAN.replace("ruby\n", "ruby && gem install puma\n")
    found = application("puma", files={"config.ru": "run 1"}, dockerfile=text)
    assert paths(found) == ["/srv", "/var/lib/gems", "/usr/local/bin/puma"]


def test_installing_at_start_is_declined() -> None:
    """It takes what only the build has."""
    found = runs("bundle", "install", files=_FILES, dockerfile=_BUNDLE)
    assert isinstance(found, Declined)
    assert found.reason == "needs-command"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("system 'convert', a, b", NeedKind.COMMAND, "convert"),
        ("system('git log')", NeedKind.COMMAND, "git"),
        ("system('bash', 'bin/x.sh', a)", NeedKind.COMMAND, "bin/x.sh"),
        ("system('sh x.sh')", NeedKind.COMMAND, "./x.sh"),
        ("system(name)", NeedKind.COMMAND, "*"),
        ("eval(ARGV[0])", NeedKind.COMMAND, "*"),
        ("eval('`a`')", NeedKind.COMMAND, "*"),
        ("alias_method :s, :system", NeedKind.COMMAND, "*"),
        ("alias s system", NeedKind.COMMAND, "*"),
        ("alias :s :system", NeedKind.COMMAND, "*"),
        ("Kernel.open('|git log')", NeedKind.COMMAND, "git"),
        ("instance_eval File.read(path), path", NeedKind.COMMAND, "*"),
        ('scope.instance_eval("a = #{b}")', NeedKind.COMMAND, "*"),
        ("system('bash', name)", NeedKind.COMMAND, "*"),
        ("system(name, 'x')", NeedKind.COMMAND, "*"),
        ("system('a', b); spawn(*c)", NeedKind.COMMAND, "*"),
        ("spawn(%w[nice -n 5 git])", NeedKind.COMMAND, "git"),
        ("`date +%s`", NeedKind.COMMAND, "date"),
        ("`date +%s`", NeedKind.SHELL, "/bin/sh"),
        ("%x(uname)", NeedKind.COMMAND, "uname"),
        ("IO.popen(%w[sort -u])", NeedKind.COMMAND, "sort"),
        ("IO.popen(['sort', name])", NeedKind.COMMAND, "sort"),
        ("IO.popen(['perl', name])", NeedKind.COMMAND, "perl"),
        ("IO.popen(['perl', name])", NeedKind.COMMAND, "*"),
        ("IO.popen([name, 'x'])", NeedKind.COMMAND, "*"),
        ('IO.popen(["sort#{n}", "-u"])', NeedKind.COMMAND, "*"),
        ("Open3.capture2e({'A' => 'b'}, 'jq', '.')", NeedKind.COMMAND, "jq"),
        ("include Open3\ncapture2e('jq .')", NeedKind.COMMAND, "jq"),
        ("Kernel.send(:system, 'jq .')", NeedKind.COMMAND, "jq"),
        ("send('system', 'jq', '.')", NeedKind.COMMAND, "jq"),
        ("self.send(:system, 'jq')", NeedKind.COMMAND, "jq"),
        ("run = method(:system)\nrun.call('jq')", NeedKind.COMMAND, "*"),
        ("sh 'jq .'", NeedKind.COMMAND, "jq"),
        ("system <<~END\n  jq .\n  dot a\nEND", NeedKind.COMMAND, "dot"),
        ("puts <<END, `jq`\nEND", NeedKind.COMMAND, "jq"),
        ("spawn('a | b')", NeedKind.SHELL, "/bin/sh"),
        ("spawn('a | b')", NeedKind.COMMAND, "b"),
        ('system("ls #{x}")', NeedKind.SHELL, "/bin/sh"),
        ('system("ls #{x}")', NeedKind.COMMAND, "ls"),
        ("open('|whoami')", NeedKind.COMMAND, "whoami"),
        ("exec 'cd / && run'", NeedKind.COMMAND, "run"),
        ("require 'net/http'", NeedKind.CERTIFICATES, ""),
        ("Net::HTTP.get(u)", NeedKind.CERTIFICATES, ""),
        ("TCPSocket.new 'db', 1", NeedKind.NAME_SERVICE, ""),
        ("Etc.getpwnam 'x'", NeedKind.USERS, ""),
        ("Dir.home", NeedKind.USERS, "home"),
        ("ENV.fetch('HOME')", NeedKind.USERS, "home"),
        ("File.expand_path('~/.x')", NeedKind.USERS, "home"),
        ("Tempfile.create", NeedKind.TMP, ""),
        ("ENV['TZ'] = zone", NeedKind.TIME_ZONES, ""),
        ("Socket.getservbyname 'https'", NeedKind.NAME_SERVICE, "services"),
        ("File.write '/var/log/a.log', x", NeedKind.FILE, "/var/log"),
        ("File.open('/var/log/a.log', 'a') { |f| f << x }", NeedKind.FILE, "/var/log"),
        ("File.read '/etc/mime.types'", NeedKind.MEDIA_TYPES, ""),
        ("puts %w[/etc/mime.types /etc/x].find { |f| File.exist?(f) }", NeedKind.MEDIA_TYPES, ""),
        ("File.exist?('/usr/bin/git')", NeedKind.COMMAND, "/usr/bin/git"),
        ("test(?e, '/usr/bin/git')", NeedKind.COMMAND, "/usr/bin/git"),
        ("File.size? '/usr/share/dict/words'", NeedKind.FILE, "/usr/share/dict/words"),
        ("Dir.chdir('/opt/site')", NeedKind.FILE, "/opt/site"),
        ("Dir.each_child('/opt/site') { |f| p f }", NeedKind.FILE, "/opt/site"),
        ("TCPSocket.new('h', 'smtp')", NeedKind.NAME_SERVICE, "services"),
        ("TCPServer.new('https')", NeedKind.NAME_SERVICE, "services"),
        ("Addrinfo.getaddrinfo('h', 'https', nil, :STREAM)", NeedKind.NAME_SERVICE, "services"),
        ("File.read('/etc/services')", NeedKind.NAME_SERVICE, "services"),
        ("ENV['PATH'].split(':').find { |d| File.executable?(File.join(d, n)) }", NeedKind.COMMAND, "*"),
        ("system('which git')", NeedKind.COMMAND, "git"),
        ("system('command -v git > /dev/null')", NeedKind.COMMAND, "git"),
        ("File.write '/tmp/x', 1; File.open('/tmp/x')", NeedKind.TMP, ""),
        ("TZInfo::Timezone.get('Europe/Rome')", NeedKind.TIME_ZONES, ""),
        ("Fiddle.dlopen('libm.so.6')", NeedKind.PLUGIN, "libm.so.6"),
        ("ffi_lib 'sodium'", NeedKind.PLUGIN, "libsodium.so"),
    ],
)
def test_sources_say_what_is_needed(text: str, kind: NeedKind, value: str) -> None:
    """By calls with literals, by constants, by what is required."""
    assert (kind, value) in kinds(script(text))


@pytest.mark.parametrize(
    "text",
    [
        "# system('a')",
        "x.system('a')",
        "capture2e('a'); pipeline 'b'",
        "send(:puts, 'a'); send(name, 'b'); method(:puts); x.method(:run)",
        "x.sh 'a'",
        "alias_method :s, :systems",
        "alias s systems",
        "x.alias(:system)",
        "Kernel.open('a|git')",
        "eval 'a = 1'; a.instance_eval { b }; a.class_eval(&body); c.instance_eval do\n d\nend",
        "instance_eval <<~END\n  a = 1\nEND",
        "list <<ITEM\nfoo",
        "n = 1 <<2",
        "def system(x); end",
        "puts \"system('a')\"",
        "=begin\nsystem('a')\n=end",
        "File.read('data/x.json')",
        "File.read('/proc/meminfo')",
        "File.exist?('/srv/x'); File.exist?('a'); File.exist?(name); File.stat '/proc/stat'",
        "File.executable?(File.join(d, n))",
        "ENV['PATH'] = '/x:' + ENV['PATH']",
        "__END__\nsystem('a')",
    ],
)
def test_what_is_no_such_call_needs_nothing(text: str) -> None:
    """Twins: a comment, a text, a method of something else, a file of the project or of the kernel."""
    found = script(text)
    assert kinds(found) == {(NeedKind.LOCALE, "C.UTF-8")}
    assert not found.assumptions


@pytest.mark.parametrize("text", ["IO.popen(['sort', name])", "IO.popen(['ruby', 'x.rb'])", "IO.popen(%w[a b])"])
def test_a_program_that_is_named_leaves_nothing_open(text: str) -> None:
    """Twin: what it is given may be anything, unless it runs that."""
    assert (NeedKind.COMMAND, "*") not in kinds(script(text))


@pytest.mark.parametrize(
    ("template", "starts"),
    [
        ("<b>\n<%= `figlet hi` %></b>", True),
        ("<% [1].each do |x| -%>\n<%== IO.popen(['figlet', 'a'], &:read) %>\n<% end %>", True),
        ("<%# `figlet hi` %> `figlet`", False),
        ("<%% `figlet hi` %>", False),
    ],
)
def test_templates_are_code_between_text(template: str, starts: bool) -> None:  # noqa: FBT001
    """Twins: comments, escapes and text are none."""
    files = {"app.rb": "require 'erb'\nERB.new(File.read(\"v/#{x}.erb\")).result", "v/a.erb": template}
    found = application("ruby", "app.rb", files=files)
    assert ((NeedKind.COMMAND, "figlet") in kinds(found)) is starts


def test_a_plain_command_line_needs_no_shell() -> None:
    """Ruby starts it by itself where nothing in it is the shell's work."""
    assert (NeedKind.SHELL, "/bin/sh") not in kinds(script("system('git log --oneline')"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("`cat #{x} | dot`", "commands-unproven"),
        ('File.read("/usr/share/dict/#{x}")', "computed-paths"),
        ("require name", "sources-unread"),
        ("Fiddle.dlopen(x)", "plugins-unproven"),
    ],
)
def test_what_is_computed_is_left_open(text: str, reason: str) -> None:
    """Nothing is guessed."""
    assert reasons(script(text)) == {reason}


@pytest.mark.parametrize(
    ("text", "started"),
    [
        ("`echo '#{a}' | dot -Tsvg | tee p/#{b} | tail -n +7`", {"echo", "dot", "tee", "tail"}),
        ('system("cat #{a} | dot")', {"cat", "dot"}),
        ('system("cat " + a + " | dot")', {"cat", "dot"}),
        ("%x(cp #{a} #{b}; dot #{b})", {"cp", "dot"}),
        ("x = <<`END`\n  cat #{a} |\n  dot -T#{b}\nEND", {"cat", "dot"}),
        ('open("|cat #{a} | dot")', {"cat", "dot"}),
        ("`cat #{`jq .`} | dot`", {"cat", "jq", "dot"}),
        ('system("A=#{a} dot")', {"dot"}),
        ("`git log #{a}`", {"git"}),
        ("`#{a} | dot`", {"*", "dot"}),
        ("`git-#{a} log`", {"*"}),
        ('system(a + " | dot")', {"*", "dot"}),
        ("`which #{a}`", {"which", "*"}),
        ('`sh -c "#{a}"`', {"sh", "*"}),
        ("puts '`cat #{a} | dot`'", set()),
    ],
)
def test_the_programs_of_a_command_line_with_code_in_it(text: str, started: set[str]) -> None:
    """Those that stand in the text are started; twin: code in a program's place may be any."""
    assert {value for kind, value in kinds(script(text)) if kind is NeedKind.COMMAND} == started


def test_requires_are_followed_and_others_are_not() -> None:
    """What a file requires counts, beside it or in lib; a test beside it does not."""
    found = script(
        "require_relative 'a'\nrequire 'b'\n",
        **{"a.rb": "system 'one'", "lib/b.rb": "system 'two'", "test/c.rb": "system 'three'", "d.rb": "system 'four'"},
    )
    assert {v for k, v in kinds(found) if k is NeedKind.COMMAND} == {"one", "two"}


def test_a_server_reads_its_configuration() -> None:
    """config.ru by rule, and what an option names."""
    files = {**_FILES, "conf/p.rb": "system 'one'", "config.ru": "require './app'", "app.rb": "system 'two'"}
    found = application("bundle", "exec", "puma", "-C", "conf/p.rb", files=files, dockerfile=_BUNDLE)
    assert {v for k, v in kinds(found) if k is NeedKind.COMMAND} == {"one", "two"}


def test_rails_loads_all_but_tests() -> None:
    """What a framework loads by itself is read; specifications are not."""
    files = {
        **_FILES,
        "bin/rails": "#!/usr/bin/env ruby\nAPP_PATH = File.expand_path('../config/application', __dir__)\n"
        "require_relative '../config/boot'\n",
        "config/boot.rb": "require 'bundler/setup'",
        "config/application.rb": "class App < Rails::Application\nend",
        "app/models/a.rb": "system 'one'",
        "spec/a_spec.rb": "system 'two'",
    }
    found = application("bin/rails", "server", files=files, dockerfile=_BUNDLE)
    commands = {v for k, v in kinds(found) if k is NeedKind.COMMAND}
    assert commands == {"one", "/usr/bin/env"}


@pytest.mark.parametrize(
    ("gem", "kind", "value"),
    [
        ("faraday", NeedKind.CERTIFICATES, ""),
        ("redis", NeedKind.NAME_SERVICE, ""),
        ("tzinfo", NeedKind.TIME_ZONES, ""),
        ("mini_magick", NeedKind.COMMAND, "convert"),
        ("execjs", NeedKind.COMMAND, "node"),
        ("ruby-vips", NeedKind.PLUGIN, "libvips.so.42"),
        ("mimemagic", NeedKind.FILE, "/usr/share/mime/packages/freedesktop.org.xml"),
    ],
)
def test_gems_say_what_is_needed(gem: str, kind: NeedKind, value: str) -> None:
    """By the gems that are installed; one of a group that is left out says nothing."""
    files = {"app.rb": "", "Gemfile": f'group :extra do\n  gem "{gem}"\nend\n'}
    assert (kind, value) in kinds(application("ruby", "app.rb", files=files, dockerfile=_BUNDLE))
    left = _BUNDLE.replace("install", "install --without extra")
    assert (kind, value) not in kinds(application("ruby", "app.rb", files=files, dockerfile=left))


def test_zones_and_an_engine_may_come_as_gems() -> None:
    """Twins: tzinfo-data holds the zones, mini_racer the engine."""
    files = {"app.rb": "", "Gemfile": 'gem "tzinfo"\ngem "tzinfo-data"\ngem "execjs"\ngem "mini_racer"\n'}
    found = application("ruby", "app.rb", files=files, dockerfile=_BUNDLE)
    assert not {NeedKind.TIME_ZONES, NeedKind.COMMAND} & {k for k, _ in kinds(found)}


def test_a_gem_that_nobody_read_is_left_open() -> None:
    """It may start programs and read files."""
    files = {"app.rb": "", "Gemfile": 'gem "rare"\n'}
    assert reasons(application("ruby", "app.rb", files=files, dockerfile=_BUNDLE)) == {"modules-unread"}


def test_the_locale_is_the_encoding() -> None:
    """Where the image sets none there is none to keep."""
    assert kinds(script("puts 1", dockerfile=DEBIAN)) == set()
    assert (NeedKind.TIME_ZONES, "") in kinds(script("puts 1", dockerfile=FROM + "ENV TZ=Europe/Rome\n"))


def test_the_build_s_own_commands_are_told() -> None:
    """What installs gems serves the build; a task that may do anything is not among them."""
    text = FROM + "RUN gem install bundler && bundle install\nRUN rake assets:precompile\nRUN rake db:seed\nRUN ls\n"
    found = TOOLCHAIN.find(read(text, _FILES))
    assert len(found.build_commands) == 3
    assert not found.products


def test_claims() -> None:
    """By the words at the start."""
    project = read(
        "FROM ruby:3\nRUN sudo -E bundle install\nRUN gem3.1 install a\nRUN apt-get install -y ruby\nRUN ls\n", {}
    )
    commands = [c for s in project.trace.steps for c in getattr(s, "commands", ())]
    assert [TOOLCHAIN.claims([c], first_names([c])) for c in commands] == [True, True, True, False]
    assert TOOLCHAIN.replaces_entry(("bundle", "exec", "puma"), project) is None


def test_a_variable_that_both_images_set_alike_is_left_alone() -> None:
    """Of older images only the names are known: an empty LANG would change the encoding."""
    files = {"app.rb": "puts 1"}
    text = FROM.replace("3.2", "2.7") + 'RUN apt-get update && apt-get install -y gcc\nCMD ["ruby", "app.rb"]\n'
    found = slim(text, MemoryContext(files), Options())
    assert isinstance(found, Rewritten)
    assert "FROM ruby:2.7-slim\n" in found.after
    assert "LANG" not in found.after


@pytest.mark.parametrize(
    ("interpreter", "text"),
    [("/opt/ruby/bin/ruby", DEBIAN), ("ruby", FROM + "RUN apt-get update && apt-get install -y ruby-dev\n")],
)
def test_an_interpreter_that_is_no_package_is_not_installed_as_one(interpreter: str, text: str) -> None:
    """One in a folder of its own, and the official images' own, which comes first on PATH."""
    assert application(interpreter, "app.rb", files={"app.rb": ""}, dockerfile=text).packages == ()


@pytest.mark.parametrize(
    ("steps", "start", "trees"),
    [
        ("COPY . /opt/app", "/opt/app/a.rb", {"/opt/app"}),
        ("COPY . /opt/src\nWORKDIR /app\nRUN cp /opt/src/a.rb .", "a.rb", {"/app", "/opt/src"}),
        ("COPY . /opt/src\nWORKDIR /opt/src/bin", "b.rb", {"/opt/src"}),
        ("COPY a.rb /opt/app/\nCOPY d /opt/d", "/opt/app/a.rb", {"/opt/app"}),  # data goes along by its own name
        ("COPY a.rb /usr/local/bin/", "/usr/local/bin/a.rb", {"/usr/local/bin/a.rb"}),
    ],
)
def test_what_lies_beside_a_program_goes_along(steps: str, start: str, trees: set[str]) -> None:
    """The program may put the names of its own files together, wherever COPY put them."""
    cwd = steps.partition("WORKDIR ")[2].partition("\n")[0] or "/"
    files = {"a.rb": "puts 1", "bin/b.rb": "", "d/x.txt": ""}
    found = application("ruby", start, files=files, dockerfile=f"FROM ruby:3.2\n{steps}\n", cwd=cwd)
    whole = {t.path for t in found.trees}
    assert {t for t in whole if not any(t.startswith(f"{o}/") for o in whole)} == trees
