"""CMake projects: what a build and an installation leave behind."""

# ruff: noqa: E501 (a case reads best on one line)

from __future__ import annotations

import pytest

from imgslim.toolchains.c.cmake.lex import invocations
from imgslim.toolchains.c.units import Kind, Unit
from tests.toolchains.c.projects import GCC, find
from tests.toolchains.c.trees import build

CONFIGURE = "cmake -S . -B out && cmake --build out"


def cmake(text: str, commands: str = CONFIGURE, **files: str) -> list[Unit]:
    """Build a project over main.c, lib.cpp and sub/s.c."""
    tree = {"CMakeLists.txt": text, "main.c": "", "lib.cpp": "", "sub/s.c": ""}
    return build({**tree, **{k.replace("__", "/"): v for k, v in files.items()}}, commands)[0]


def test_a_project_in_the_root() -> None:
    """``${CMAKE_CURRENT_SOURCE_DIR}/src`` reads ``//src`` in ``/``: that is ``/src``, and looking for headers comes to an end."""
    lists = "project(x CXX)\nfile(GLOB s ${CMAKE_CURRENT_SOURCE_DIR}/src/*.cpp)\nadd_executable(x ${s})\n"
    files = {"CMakeLists_dot_txt": lists, "src__main_dot_cpp": '#include "gone.h"\nint main() {}\n'}
    found = find(f"FROM {GCC}\nCOPY . /\nRUN cmake -S / -B /build && cmake --build /build\n", **files)
    assert [p.path for p in found.products] == ["/build/x"]


def test_lexing() -> None:
    """Quotes, brackets, comments and nested parentheses come out as arguments with lines."""
    text = 'A(b "c d" # no)\n [[x;y]] (z) #[[ gone\n ]] e\\ f)\nB()'
    found = list(invocations(text))
    assert [(c.name, c.line) for c in found] == [("a", 1), ("b", 4)]
    assert [a.text for a in found[0].arguments] == ["b", "c d", "x;y", "(", "z", ")", "e\\ f"]


@pytest.mark.parametrize(
    ("commands", "path"),
    [
        ("cmake . && make", "/src/app"),
        ("cmake ./CMakeLists.txt && make", "/src/app"),
        ("cmake -Bout -H. && ninja -C out", "/src/out/app"),
        ("cmake -S . -B out -G Ninja && cmake --build out --target app -- -j4", "/src/out/app"),
        ("cd out && cmake .. && make -j4 app", "/src/out/app"),
        ("cmake --version; cmake -E echo; cmake -S . -B out && cd out && make all", "/src/out/app"),
    ],
)
def test_command_lines(commands: str, path: str) -> None:
    """Source and build folders in every spelling."""
    assert [u.path for u in cmake("project(p)\nadd_executable(app main.c)", commands)] == [path]


def test_libraries_of_the_project() -> None:
    """Static and object libraries are merged into the program, shared ones are linked."""
    text = """
        add_library(one STATIC lib.cpp)
        add_library(two OBJECT sub/s.c)
        add_library(three SHARED sub/s.c)
        add_library(N::one ALIAS one)
        add_executable(app main.c $<TARGET_OBJECTS:two>)
        target_link_libraries(one PUBLIC m)
        target_link_libraries(app PRIVATE N::one three -pthread -lrt ${CMAKE_DL_LIBS})
    """
    units = {u.path: u for u in cmake(text)}
    app = units["/src/out/app"]
    assert {s.path for s in app.sources} == {"/src/main.c", "/src/lib.cpp", "/src/sub/s.c"}
    assert (app.libs, app.shared, app.cxx, app.holes) == (
        ("pthread", "rt", "dl", "m"),
        ("/src/out/libthree.so",),
        True,
        (),
    )
    assert units["/src/out/libthree.so"].kind is Kind.SHARED
    assert len(units) == 2


@pytest.mark.parametrize(
    ("option", "kind"), [("", []), ("-DBUILD_SHARED_LIBS=ON", ["/src/out/libx.so"]), ("-DBUILD_SHARED_LIBS=OFF", [])]
)
def test_library_kind_by_option(option: str, kind: list[str]) -> None:
    """add_library without a kind follows BUILD_SHARED_LIBS."""
    assert [u.path for u in cmake("add_library(x sub/s.c)", f"cmake -B out {option} && cmake --build out")] == kind


def test_variables_and_lists() -> None:
    """set, list, file(GLOB), string and foreach give the sources."""
    text = """
        set(S main.c) # comment
        list(APPEND S sub/s.c)
        list(REMOVE_ITEM S nothing)
        file(GLOB MORE *.cpp)
        string(TOUPPER app NAME)
        string(APPEND NAME x)
        get_filename_component(BASE a/b.c NAME_WE)
        foreach(n IN LISTS MORE)
          list(APPEND S ${n})
        endforeach()
        add_executable(${NAME}${BASE} ${S})
    """
    (unit,) = cmake(text)
    assert unit.path == "/src/out/APPxb"
    assert [s.path for s in unit.sources] == ["/src/main.c", "/src/sub/s.c", "/src/lib.cpp"]


def test_glob_recurse_and_aux_directory() -> None:
    """Both ways to take a folder's sources."""
    text = "file(GLOB_RECURSE A RELATIVE ${CMAKE_SOURCE_DIR} *.c)\naux_source_directory(sub B)\nadd_executable(a ${A})\nadd_executable(b ${B})"
    first, second = cmake(text)
    assert [s.path for s in first.sources] == ["/src/main.c", "/src/sub/s.c"]
    assert [s.path for s in second.sources] == ["/src/sub/s.c"]


@pytest.mark.parametrize(
    ("condition", "made"),
    [
        ("UNIX", True), ("WIN32", False), ("NOT WIN32", True), ("APPLE OR LINUX", True), ("MSVC AND UNIX", False), ("TARGET none", False),
        ('"a" STREQUAL "a"', True), ("CMAKE_SYSTEM_NAME STREQUAL Linux", True), ("CMAKE_SYSTEM_NAME MATCHES Win", False),
        ("DEFINED NOTHING", False), ("EXISTS main.c", True), ("1 EQUAL 2", False), ("(UNIX AND (NOT WIN32))", True), ("ON", True), ("NOTHING", False),
        ("CMAKE_BUILD_TYPE", False), ("POLICY CMP0001", True), ('"x"', False),
    ],
)  # fmt: skip
def test_settled_conditions(condition: str, made: bool) -> None:  # noqa: FBT001
    """A settled condition reads one branch."""
    text = f"if({condition})\nadd_executable(yes main.c)\nelse()\nadd_executable(no main.c)\nendif()"
    (unit,) = cmake(text)
    assert (unit.path.endswith("yes"), unit.certain) == (made, True)


@pytest.mark.parametrize(
    "condition",
    [
        "CMAKE_VERSION VERSION_GREATER 3.12",
        "EXISTS /usr/include/x.h",
        "CMAKE_CXX_COMPILER_ID STREQUAL GNU",
        "A MATCHES ^x.*",
    ],
)
def test_open_conditions(condition: str) -> None:
    """What the machine decides makes a target uncertain, and its links open."""
    text = f"if({condition})\nadd_executable(x main.c)\ntarget_link_libraries(x z)\nelseif(WIN32)\nadd_executable(w main.c)\nendif()"
    (unit,) = cmake(text)
    assert (unit.certain, unit.libs) == (False, ("z",))
    assert unit.holes


def test_places() -> None:
    """Output name and folders, by variable and by property."""
    text = """
        set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/../bin)
        add_executable(a main.c)
        add_executable(b main.c)
        set_target_properties(b PROPERTIES OUTPUT_NAME bee RUNTIME_OUTPUT_DIRECTORY /opt)
        add_library(m MODULE sub/s.c)
        set_property(TARGET m PROPERTY PREFIX "")
    """
    assert [u.path for u in cmake("project(p)\n" + text)] == ["/src/bin/a", "/opt/bee", "/src/out/m.so"]


def test_subdirectories_have_scopes() -> None:
    """A subdirectory builds in its own folder; PARENT_SCOPE reaches up."""
    sub = "set(X inner)\nset(UP sub/s.c PARENT_SCOPE)\nadd_executable(${X} s.c)"
    text = "set(X outer)\nadd_subdirectory(sub)\nadd_executable(${X} ${UP})\nadd_subdirectory(none)"
    units = cmake(text, sub__CMakeLists_txt="")
    assert [u.path for u in units] == ["/src/out/outer"]
    files = {"CMakeLists.txt": text, "sub/CMakeLists.txt": sub, "sub/s.c": ""}
    made, shop = build(files, CONFIGURE)
    assert [u.path for u in made] == ["/src/out/sub/inner", "/src/out/outer"]
    assert "none" in shop.problems[0]


def test_packages() -> None:
    """Packages of the table give linker names; others leave the link open."""
    text = """
        find_package(OpenSSL REQUIRED)
        find_package(Boost REQUIRED COMPONENTS system thread)
        find_package(Threads)
        pkg_check_modules(Z REQUIRED zlib)
        find_library(FOO NAMES foo bar)
        add_executable(a main.c)
        target_link_libraries(a OpenSSL::SSL ${Boost_LIBRARIES} Threads::Threads ${Z_LIBRARIES} PkgConfig::Z ${FOO})
        find_package(Mystery)
        add_executable(b main.c)
        target_link_libraries(b Mystery::lib)
        add_executable(c main.c)
        target_link_libraries(c ${Mystery_LIBRARIES})
    """
    first, second, third = cmake(text)
    assert first.libs == ("ssl", "crypto", "boost_system", "boost_thread", "pthread", "z", "foo")
    assert not first.holes
    assert second.holes == ("Mystery::lib",)
    assert third.holes


def test_fetched_projects_leave_links_open() -> None:
    """A name that a fetched project may define is no plain library."""
    (unit,) = cmake("FetchContent_Declare(gt URL x)\nadd_executable(a main.c)\ntarget_link_libraries(a gt)")
    assert unit.holes == ("gt",)


def test_functions_and_macros() -> None:
    """Project functions run with their arguments; a macro sets variables of its caller."""
    text = """
        function(prog name)
          add_executable(${name} ${ARGN})
        endfunction()
        macro(put)
          set(V main.c)
        endmacro()
        put()
        prog(a ${V} sub/s.c)
        return()
        prog(b main.c)
    """
    (unit,) = cmake(text)
    assert (unit.path, len(unit.sources)) == ("/src/out/a", 2)


def test_includes_macros_and_options() -> None:
    """Include folders, string macros and link options reach the unit."""
    text = """
        include_directories(inc)
        add_executable(a main.c)
        target_include_directories(a PRIVATE sub)
        target_compile_definitions(a PRIVATE DIR="/share" N=1)
        target_link_options(a PRIVATE -static -fsanitize=address)
        configure_file(conf.h.in conf.h)
    """
    (unit,) = cmake(text, **{"conf.h.in": ""})
    assert unit.static
    assert unit.special == ("-fsanitize=address",)
    assert unit.sources[0].includes == ("/src/inc", "/src/sub")
    assert unit.sources[0].macros == (("DIR", "/share"),)
    assert unit.files == ("/src/CMakeLists.txt", "/src/conf.h.in")


def test_installation() -> None:
    """Targets go below the prefix; DESTDIR and --prefix move them; a second build is up to date."""
    text = "add_executable(a main.c)\nadd_library(s SHARED sub/s.c)\ninstall(TARGETS a s RUNTIME DESTINATION sbin)\ninstall(FILES main.c DESTINATION share)"
    paths = [
        u.path
        for u in cmake(text, "cmake -B out -DCMAKE_INSTALL_PREFIX=/opt && cd out && make && make install DESTDIR=/pkg")
    ]
    assert paths == ["/src/out/a", "/src/out/libs.so", "/pkg/opt/sbin/a", "/pkg/opt/lib/libs.so"]
    assert [u.path for u in cmake(text, "cmake -B out && cmake --install out --prefix /p")] == [
        "/p/sbin/a",
        "/p/lib/libs.so",
    ]


def test_what_cannot_be_read_is_said() -> None:
    """No CMakeLists.txt, a preset, a folder that nobody configured."""
    assert "no CMakeLists.txt" in build({}, "cmake . && make")[1].problems[0]
    assert "not settled" in build({"CMakeLists.txt": ""}, "cmake --preset x && make")[1].problems[0]
    assert "not configured" in build({}, "cmake --build out")[1].problems[0]


def test_values_that_are_computed() -> None:
    """Options, cache entries, list and string commands, and what other programs answer."""
    text = """
        option(FAST "fast" ON)
        option(SLOW "slow")
        set(ENV{X} y)
        set(C one CACHE STRING "")
        set(C two CACHE STRING "")
        unset(SLOW)
        list(PREPEND L b)
        list(INSERT L 0 a)
        list(FILTER L EXCLUDE REGEX ".*a")
        list(REMOVE_DUPLICATES L)
        list(SORT L)
        list(LENGTH L N)
        string(REPLACE b main.c S ${L})
        string(TOLOWER APP NAME)
        string(REGEX REPLACE "x" "y" R z)
        file(READ VERSION V)
        execute_process(COMMAND git OUTPUT_VARIABLE GIT)
        foreach(i RANGE 3)
          add_executable(never main.c)
        endforeach()
        while(1)
        endwhile()
        add_executable(${NAME}${C} ${S})
        add_executable(A::a ALIAS app)
        add_executable(imp IMPORTED)
        add_library(gone UNKNOWN IMPORTED)
    """
    (unit,) = cmake(text)
    assert (unit.path, [s.path for s in unit.sources]) == ("/src/out/appone", ["/src/main.c"])


@pytest.mark.parametrize("expression", ["${GIT}", "${R}", "${V}", "$<CONFIG>", "${ANSWER}"])
def test_values_that_are_open(expression: str) -> None:
    """What a program, a file or an expression gives leaves the link open."""
    text = f"""
        execute_process(COMMAND git OUTPUT_VARIABLE GIT)
        string(REGEX MATCH "x" R z)
        file(STRINGS VERSION V)
        find_path(ANSWER x.h)
        add_executable(a main.c)
        target_link_libraries(a {expression})
    """
    assert cmake(text)[0].holes


def test_links_and_files_in_other_places() -> None:
    """Link commands without a target, included files, modules and folders left out of ``all``."""
    text = """
        list(APPEND CMAKE_MODULE_PATH ${CMAKE_SOURCE_DIR}/cmake)
        include(mine)
        include(cmake/other.cmake OPTIONAL)
        include(absent.cmake)
        link_libraries(m)
        add_link_options(-static)
        add_executable(a)
        target_sources(a PRIVATE main.c)
        target_link_libraries(a debug d optimized o -lz -Wl,-x foo::bar /abs/libx.a)
        target_link_libraries(nobody z)
        add_definitions(-DDIR="/d")
        set_target_properties(a PROPERTIES LINK_FLAGS "-pie")
        set_target_properties(a)
        set_property(GLOBAL PROPERTY X y)
        install(FILES main.c DESTINATION etc)
        install(DIRECTORY x DESTINATION y)
        add_subdirectory(sub EXCLUDE_FROM_ALL)
    """
    files = {
        "CMakeLists.txt": text,
        "main.c": "",
        "cmake/mine.cmake": "set(M 1)",
        "sub/CMakeLists.txt": "add_executable(b s.c)",
        "sub/s.c": "",
    }
    made, shop = build(files, CONFIGURE)
    (unit,) = made
    assert (unit.path, unit.libs, unit.static, unit.special) == ("/src/out/a", ("m", "o", "z"), True, ("-pie",))
    assert unit.holes == ("foo::bar", "/abs/libx.a")
    assert unit.sources[0].macros == (("DIR", "/d"),)
    assert "/src/cmake/mine.cmake" in unit.files
    assert "absent.cmake" in shop.problems[0]
