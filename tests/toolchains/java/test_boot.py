"""``mvn spring-boot:run`` as an entry: the archive that Maven packs is started instead, where that is the same."""

from __future__ import annotations

import pytest

from imgslim.context import MemoryContext
from imgslim.model import Declined, Outcome, Rewritten
from imgslim.service import slim

_GOAL = "spring-boot:run"
_PLUGIN = "org.springframework.boot:spring-boot-maven-plugin"
_MAIN = "package shop; class Main { public static void main(String[] a) {} }"


def pom(plugin: str = "", more: str = "", *, parent: bool = True) -> str:
    """A project with the plugin, settings of it, and more elements."""
    above = "<groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId>"
    start = f"<parent>{above}<version>3.2.5</version><relativePath/></parent>" if parent else ""
    named = f"<plugin><artifactId>spring-boot-maven-plugin</artifactId>{plugin}</plugin>"
    build = f"<build><plugins>{named}</plugins></build>"
    return f"<project>{start}<artifactId>shop</artifactId><version>1.0</version>{more}{build}</project>"


def rewritten(
    cmd: str = f'["mvn", "{_GOAL}"]', steps: str = "RUN mvn package\n", xml: str = "", base: str = "", **files: str
) -> Outcome:
    """What becomes of a project in /app; files by name, with ``__`` for a slash."""
    text = f"FROM {base or 'maven:3.8-eclipse-temurin-17'}\nWORKDIR /app\nCOPY . .\n{steps}CMD {cmd}\n"
    more = {name.replace("__", "/"): data for name, data in files.items()}
    return slim(text, MemoryContext({"pom.xml": xml or pom(), "src/main/java/shop/Main.java": _MAIN, **more}))


def entry(outcome: Outcome) -> str:
    """The last line of what was rewritten."""
    assert isinstance(outcome, Rewritten), outcome
    return outcome.after.rstrip("\n").rpartition("\n")[2]


def added(outcome: Outcome) -> list[str]:
    """The steps that call Maven and were not there."""
    assert isinstance(outcome, Rewritten), outcome
    return [n for n in outcome.after.split("\n") if n.startswith("RUN mvn") and n not in outcome.before.split("\n")]


@pytest.mark.parametrize(
    ("cmd", "started"),
    [
        (f'["mvn", "{_GOAL}"]', '["java", "-jar", "target/shop-1.0.jar"]'),
        (f"mvn {_GOAL}", '["java", "-jar", "target/shop-1.0.jar"]'),
        (f"mvn -q clean package {_GOAL} -DskipTests", '["java", "-jar", "target/shop-1.0.jar"]'),
        (f'["mvn", "{_PLUGIN}:3.2.5:run"]', '["java", "-jar", "target/shop-1.0.jar"]'),
        (
            f'["mvn", "{_GOAL}", "-Dspring-boot.run.arguments=--server.port=90", "-Dspring-boot.run.profiles=prod"]',
            '["java", "-jar", "target/shop-1.0.jar", "--spring.profiles.active=prod", "--server.port=90"]',
        ),
    ],
)
def test_a_step_has_made_the_archive(cmd: str, started: str) -> None:
    """Nothing is built again; what the entry says of it is open until both images were compared."""
    outcome = rewritten(cmd)
    assert entry(outcome) == f"CMD {started}"
    assert added(outcome) == []
    assert isinstance(outcome, Rewritten)
    assert "entry-compiled-ahead" in {a.reason for a in outcome.plan.assumptions}


@pytest.mark.parametrize(
    ("steps", "cmd", "step"),
    [
        ("RUN mvn dependency:go-offline\n", f'["mvn", "{_GOAL}"]', "RUN mvn package -DskipTests"),
        ("", f'["mvn", "-o", "clean", "{_GOAL}"]', "RUN mvn -o clean package -DskipTests"),
        ("", f'["mvn", "{_GOAL}", "-Dmaven.test.skip=true"]', "RUN mvn -Dmaven.test.skip=true package"),
        # What comes later, or is built in another way, is not what the entry would build.
        ("RUN mvn package\nCOPY src src\n", f'["mvn", "{_GOAL}"]', "RUN mvn package -DskipTests"),
        ("RUN mvn package -Pdev\n", f'["mvn", "{_GOAL}"]', "RUN mvn package -DskipTests"),
        ("RUN mvn package\n", f'["mvn", "{_GOAL}", "-Drevision=2"]', "RUN mvn -Drevision=2 package -DskipTests"),
        ("RUN mvn compile\n", f'["mvn", "{_GOAL}"]', "RUN mvn package -DskipTests"),
    ],
)
def test_the_builder_makes_it(steps: str, cmd: str, step: str) -> None:
    """With the words of the entry, and without tests, which it does not run either."""
    outcome = rewritten(cmd, steps)
    assert added(outcome) == [step]
    assert entry(outcome) == 'CMD ["java", "-jar", "target/shop-1.0.jar"]'


@pytest.mark.parametrize("steps", ["", "RUN mvn package\n"])
def test_a_plugin_that_the_parent_manages(steps: str) -> None:
    """Maven finds it by its prefix; what the life cycle packs holds none of the dependencies until it is told to."""
    xml = pom().partition("<build>")[0] + "</project>"
    outcome = rewritten(steps=steps, xml=xml)
    assert added(outcome) == ["RUN mvn package spring-boot:repackage -DskipTests"]
    assert entry(outcome) == 'CMD ["java", "-jar", "target/shop-1.0.jar"]'


def test_the_archive_is_packed_for_running() -> None:
    """Where no parent and no execution does it, the goal is named."""
    outcome = rewritten(steps="", xml=pom(parent=False))
    assert added(outcome) == ["RUN mvn package spring-boot:repackage -DskipTests"]
    executed = "<executions><execution><goals><goal>repackage</goal></goals></execution></executions>"
    assert added(rewritten(steps="", xml=pom(executed, parent=False))) == ["RUN mvn package -DskipTests"]


_CONFIGURED = "<configuration><{0}>x</{0}></configuration>"
_MODULES = "<packaging>pom</packaging><modules><module>a</module></modules>"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"cmd": f'["mvn", "-pl", "web", "{_GOAL}"]'}, "it is told which project to build"),
        ({"cmd": f'["mvn", "flyway:migrate", "{_GOAL}"]'}, "it runs flyway:migrate, too"),
        ({"cmd": f'["mvn", "{_GOAL}", "-Dspring-boot.run.jvmArguments=-Xmx9m"]'}, "sets spring-boot.run.jvmArguments"),
        ({"cmd": f'["mvn", "{_GOAL}", "-Dspring-boot.run.arguments=--a=1 --b=2"]'}, "is not settled"),
        ({"xml": pom(_CONFIGURED.format("jvmArguments"))}, "the project configures jvmArguments for it"),
        ({"xml": pom(more="<properties><spring-boot.run.fork>x</spring-boot.run.fork></properties>")}, "run.fork"),
        ({"xml": pom().replace("<build>", "<build><finalName>${x}</finalName>"), "steps": ""}, "is not settled"),
        ({"xml": pom(more=_MODULES), "a__pom.xml": pom()}, "several modules"),
        ({"xml": "<project><artifactId>shop</artifactId></project>"}, "does not name spring-boot-maven-plugin"),
        ({"xml": "no pom"}, "can't be read"),
        ({"src__main__webapp__index.html": "x"}, "serves src/main/webapp"),
        (
            {"src__main__java__shop__Read.java": 'class Read { Object o = ResourceUtils.getFile("classpath:a"); }'},
            "opens its resources as files",
        ),
    ],
)
def test_what_would_not_be_the_same(changed: dict[str, str], why: str) -> None:
    """It is declined, and says why."""
    outcome = rewritten(**changed)
    assert isinstance(outcome, Declined)
    assert outcome.reason == "entry-not-built"
    assert why in outcome.message


@pytest.mark.parametrize(
    "changed",
    [
        {"xml": pom(_CONFIGURED.format("mainClass"))},
        {"xml": pom("<configuration><excludes><exclude><groupId>a</groupId></exclude></excludes></configuration>")},
        {"src__main__resources__static__index.html": "x"},
        {"src__test__java__shop__Read.java": 'class Read { Object o = ResourceUtils.getFile("classpath:a"); }'},
        {"src__main__java__shop__Read.java": 'class Read { Object o = Read.class.getResourceAsStream("/a"); }'},
    ],
)
def test_what_is_the_same(changed: dict[str, str]) -> None:
    """Settings of both goals, what the archive holds, and what is not run."""
    assert "java" in entry(rewritten(**changed))


@pytest.mark.parametrize(
    ("cmd", "reason"),
    [
        (f"mvn {_GOAL} $OPTIONS", "entry-not-built"),
        (f"mvn {_GOAL} && echo done", "entry-not-built"),
        (f"cd web && mvn {_GOAL}", "entry-not-built"),
        ('["mvn", "test"]', "entry-not-built"),
        ('["./gradlew", "bootRun"]', "entry-not-built"),
    ],
)
def test_other_entries(cmd: str, reason: str) -> None:
    """A shell with a share in it, other goals, another builder."""
    outcome = rewritten(cmd)
    assert isinstance(outcome, Declined)
    assert outcome.reason == reason


@pytest.mark.parametrize("name", ["spring-boot-devtools", "spring-boot-docker-compose", "spring-boot-starter-web"])
def test_what_serves_development(name: str) -> None:
    """It is there when the goal runs the program, and not in the archive."""
    found = f"<dependencies><dependency><groupId>g</groupId><artifactId>{name}</artifactId></dependency></dependencies>"
    outcome = rewritten(xml=pom(more=found))
    assert isinstance(outcome, Rewritten)
    reasons = {a.reason for a in outcome.plan.assumptions}
    assert ("development-left-out" in reasons) is (name != "spring-boot-starter-web")


def test_an_entry_point_of_the_base_image_that_is_not_known() -> None:
    """It may do anything before, and with, what CMD says; so it may where a pattern is resolved."""
    for cmd in (f"mvn {_GOAL}", "java -jar target/*.jar"):
        outcome = rewritten(cmd, base="example.org/team/java")
        assert isinstance(outcome, Declined)
        assert outcome.reason == "unknown-base"
