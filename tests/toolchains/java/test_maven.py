"""Maven: which archive a command leaves, and where."""

from __future__ import annotations

import pytest

from tests.toolchains.java.support import made, paths


def _pom(inner: str = "", build: str = "", artifact: str = "shop", packaging: str = "") -> str:
    """A pom with version 1.0."""
    kind = f"<packaging>{packaging}</packaging>" if packaging else ""
    inside = f"<build>{build}</build>" if build else ""
    return f"<project><artifactId>{artifact}</artifactId><version>1.0</version>{kind}{inner}{inside}</project>"


def _plugin(name: str, settings: str = "", goals: str = "") -> str:
    """A build with one plugin."""
    execution = f"<executions><execution><goals><goal>{goals}</goal></goals></execution></executions>" if goals else ""
    configuration = f"<configuration>{settings}</configuration>"
    return f"<plugins><plugin><artifactId>{name}</artifactId>{configuration}{execution}</plugin></plugins>"


_MODULES = {
    "pom.xml": _pom("<modules><module>api</module><module>web</module></modules>", packaging="pom"),
    "api/pom.xml": "<project><artifactId>api</artifactId><parent><version>1.0</version></parent></project>",
    "web/pom.xml": "<project><artifactId>web</artifactId><parent><version>1.0</version></parent>"
    "<build><finalName>site</finalName></build></project>",
}


def _archives(run: str, files: dict[str, str]) -> set[str]:
    return {p for p in paths(run, files) if not p.endswith("/classes")}


@pytest.mark.parametrize(
    ("run", "found"),
    [
        ("mvn package", {"/src/target/shop-1.0.jar"}),
        ("mvn -B -q -DskipTests clean package", {"/src/target/shop-1.0.jar"}),
        ("./mvnw install", {"/src/target/shop-1.0.jar"}),
        ("sh mvnw verify", {"/src/target/shop-1.0.jar"}),
        ("mvn -f pom.xml package", {"/src/target/shop-1.0.jar"}),
        ("mvn -f /src/pom.xml package", {"/src/target/shop-1.0.jar"}),
        ("cd / && mvn -f src package", {"/src/target/shop-1.0.jar"}),
        ("mvn -s settings.xml -T 2 package", {"/src/target/shop-1.0.jar"}),
        ("mvn dependency:go-offline", set()),
        ("mvn compile", set()),
        ("mvn package dependency:copy-dependencies", {"/src/target/shop-1.0.jar", "/src/target/dependency"}),
        ("mvn -f other package", {"build-not-followed"}),
    ],
)
def test_commands(run: str, found: set[str]) -> None:
    """The phase decides whether there is an archive; options take their values."""
    assert _archives(run, {"pom.xml": _pom()}) == found


@pytest.mark.parametrize(
    ("pom", "found"),
    [
        (_pom(packaging="war"), {"/src/target/shop-1.0.war"}),
        (_pom(build="<finalName>app</finalName>"), {"/src/target/app.jar"}),
        (_pom(build="<directory>out</directory>"), {"/src/out/shop-1.0.jar"}),
        (_pom(build=_plugin("spring-boot-maven-plugin")), {"/src/target/shop-1.0.jar"}),
        (
            _pom(build=_plugin("spring-boot-maven-plugin", "<classifier>exec</classifier>")),
            {"/src/target/shop-1.0-exec.jar"},
        ),
        (_pom(build=_plugin("maven-shade-plugin", goals="shade")), {"/src/target/shop-1.0.jar"}),
        (
            _pom(build=_plugin("maven-shade-plugin", "<finalName>all</finalName>", goals="shade")),
            {"/src/target/all.jar"},
        ),
        (
            _pom(build=_plugin("maven-shade-plugin", "<shadedArtifactAttached>true</shadedArtifactAttached>", "shade")),
            {"/src/target/shop-1.0-shaded.jar"},
        ),
        (
            _pom(
                build=_plugin(
                    "maven-assembly-plugin",
                    "<descriptorRefs><descriptorRef>jar-with-dependencies</descriptorRef></descriptorRefs>",
                    "single",
                )
            ),
            {"/src/target/shop-1.0-jar-with-dependencies.jar"},
        ),
        (
            _pom(
                build=_plugin(
                    "maven-dependency-plugin",
                    "<outputDirectory>${project.build.directory}/lib</outputDirectory>",
                    "copy-dependencies",
                )
            ),
            {"/src/target/shop-1.0.jar", "/src/target/lib"},
        ),
        (_pom(build=_plugin("maven-jar-plugin", "<finalName>thin</finalName>")), {"/src/target/thin.jar"}),
    ],
)
def test_plugins(pom: str, found: set[str]) -> None:
    """Settings of the plugins that pack name the archive that holds the program."""
    assert _archives("mvn package", {"pom.xml": pom}) == found


@pytest.mark.parametrize(
    ("run", "found"),
    [
        ("mvn package", {"/src/api/target/api-1.0.jar", "/src/web/target/site.jar"}),
        ("mvn -pl web -am package", {"/src/web/target/site.jar"}),
        ("mvn -pl :api package", {"/src/api/target/api-1.0.jar"}),
        ("mvn -pl '!api' package", {"/src/web/target/site.jar"}),
        ("cd web && mvn package", {"/src/web/target/site.jar"}),
        ("mvn -f web/pom.xml package", {"/src/web/target/site.jar"}),
    ],
)
def test_modules(run: str, found: set[str]) -> None:
    """Each module has its own target; -pl chooses among them."""
    assert _archives(run, _MODULES) == found


def test_profiles() -> None:
    """A profile counts when it is asked for, or by itself when none is."""
    profile = "<profiles><profile><id>fat</id>{}<build><finalName>fat</finalName></build></profile></profiles>"
    asked = {"pom.xml": _pom(profile.format(""))}
    default = {
        "pom.xml": _pom(profile.format("<activation><activeByDefault>true</activeByDefault></activation>")),
    }
    assert _archives("mvn package", asked) == {"/src/target/shop-1.0.jar"}
    assert _archives("mvn -Pfat package", asked) == {"/src/target/fat.jar"}
    assert _archives("mvn -P fat package", asked) == {"/src/target/fat.jar"}
    assert _archives("mvn package", default) == {"/src/target/fat.jar"}


def test_what_a_parent_says_holds() -> None:
    """Properties and plugins of a parent in the context count for its child."""
    parent = _pom("<properties><n>big</n></properties>", "<finalName>${n}</finalName>", packaging="pom")
    child = "<project><artifactId>web</artifactId><parent><version>1.0</version></parent></project>"
    assert _archives("cd web && mvn package", {"pom.xml": parent, "web/pom.xml": child}) == {"/src/web/target/big.jar"}


def test_modules_that_name_each_other_end() -> None:
    """A cycle of modules is walked once."""
    files = {"pom.xml": _pom("<modules><module>.</module><module>a</module></modules>"), "a/pom.xml": _pom()}
    assert _archives("mvn package", files) == {"/src/target/shop-1.0.jar", "/src/a/target/shop-1.0.jar"}


def test_what_is_left_beside() -> None:
    """A shell's pattern finds archives that nobody starts: original-, sources, tests."""
    plugins = (
        "<plugins><plugin><artifactId>maven-shade-plugin</artifactId><executions><execution><goals>"
        "<goal>shade</goal></goals></execution></executions></plugin>"
        "<plugin><artifactId>maven-source-plugin</artifactId></plugin></plugins>"
    )
    found = made("mvn package", {"pom.xml": _pom(build=plugins)}).outputs
    assert {o.path for o in found if not o.runs} == {
        "/src/target/original-shop-1.0.jar",
        "/src/target/shop-1.0-sources.jar",
    }


def test_dependencies_leave_open() -> None:
    """Without a dependency at run time all of the code is the author's; with one it is not."""
    scoped = "<dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId>{}</dependency></dependencies>"
    alone, tested = _pom(), _pom(scoped.format("<scope>test</scope>"))
    used = _pom(scoped.format(""))
    closed = [made("mvn package", {"pom.xml": pom}).outputs[-1].closed for pom in (alone, tested, used)]
    assert closed == [True, True, False]
