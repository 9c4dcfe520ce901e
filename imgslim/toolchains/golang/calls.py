"""What functions of Go's library and of well-known modules ask of the image: one table, by package and name."""

from __future__ import annotations

from imgslim.model import NeedKind

#: A kind of need and a package, then its functions, types and variables; a line that is indented goes on.
_TABLE = """
certificates net/http: Get Post PostForm Head DefaultClient Client DefaultTransport Transport NewRequest
  NewRequestWithContext
certificates crypto/tls: Dial DialWithDialer Dialer Client
certificates crypto/x509: SystemCertPool
certificates net/smtp: SendMail Dial NewClient
certificates net/http/httputil: NewSingleHostReverseProxy ReverseProxy
time-zones time: LoadLocation
media-types mime: TypeByExtension ExtensionsByType
media-types net/http: FileServer FileServerFS ServeFile ServeFileFS ServeContent Dir
media-types github.com/labstack/echo/v4/middleware: Static StaticWithConfig
media-types github.com/gin-contrib/static: Serve
media-types github.com/gofiber/fiber/v2/middleware/filesystem: New SendFile
media-types github.com/gofiber/fiber/v3/middleware/static: New
name-service net: Dial DialTimeout Dialer LookupHost LookupIP LookupAddr LookupCNAME LookupMX LookupNS LookupTXT
  LookupSRV LookupPort Resolver DefaultResolver ResolveTCPAddr ResolveUDPAddr ResolveIPAddr
name-service net/http: Get Post PostForm Head DefaultClient Client DefaultTransport Transport
name-service net/rpc: Dial DialHTTP DialHTTPPath
name-service net/smtp: SendMail Dial
users os/user: Current Lookup LookupId LookupGroup LookupGroupId
users os: UserHomeDir UserCacheDir UserConfigDir
command os/exec: Command CommandContext LookPath Cmd
command os: StartProcess
command syscall: Exec ForkExec StartProcess
command golang.org/x/sys/unix: Exec
command golang.org/x/sys/execabs: Command CommandContext LookPath
command github.com/joho/godotenv: Exec
command go.mongodb.org/mongo-driver/mongo/options: AutoEncryption
plugin plugin: Open
tmp os: CreateTemp MkdirTemp TempDir
tmp io/ioutil: TempFile TempDir
file os: Open OpenFile Create WriteFile ReadFile ReadDir DirFS Stat Lstat Chdir OpenRoot OpenInRoot CopyFS Truncate
  Rename Link Symlink Mkdir
file syscall: Open Creat Mkdir Mkfifo Mknod Chdir Chroot Rename Link Symlink Truncate
file golang.org/x/sys/unix: Open Creat Mkdir Mkfifo Mknod Chdir Chroot Rename Link Symlink Truncate
file io/ioutil: WriteFile ReadFile ReadDir
file html/template: ParseFiles ParseGlob
file text/template: ParseFiles ParseGlob
file net/http: Dir ServeFile ListenAndServeTLS ServeTLS
file archive/zip: OpenReader
file debug/elf: Open
file debug/buildinfo: ReadFile
file go/parser: ParseFile ParseDir
file crypto/tls: LoadX509KeyPair
file path/filepath: Walk WalkDir Glob
file github.com/joho/godotenv: Load Overload Read
file github.com/BurntSushi/toml: DecodeFile
file github.com/spf13/viper: SetConfigFile AddConfigPath
file database/sql: Open
"""


def _functions() -> dict[tuple[str, str], tuple[NeedKind, ...]]:
    found: dict[tuple[str, str], tuple[NeedKind, ...]] = {}
    for line in _TABLE.replace("\n  ", " ").strip().splitlines():
        head, _, names = line.partition(": ")
        kind, package = head.split()
        for name in names.split():
            found[package, name] = (*found.get((package, name), ()), NeedKind(kind))
    return found


#: Package and name to the kinds of need.
FUNCTIONS = _functions()

#: Zones that package time has without a file.
_BUILT_IN_ZONES = ("UTC", "Local", "")


def is_built_in_zone(arguments: tuple[str | None, ...] | None) -> bool:
    """Tell whether the arguments of LoadLocation name a zone that takes no file."""
    return bool(arguments and arguments[0] in _BUILT_IN_ZONES)


#: Methods by name alone: which argument is a path. Routers (gin, echo, fiber, chi), templates, http.
PATH_METHODS: dict[str, int] = {
    "ParseFiles": 0, "ParseGlob": 0, "LoadHTMLGlob": 0, "LoadHTMLFiles": 0, "Static": 1, "StaticFile": 1, "File": 0,
    "ServeFile": 2, "AddConfigPath": 0, "SetConfigFile": 0, "SendFile": 0, "ServeFiles": 1,
    "ListenAndServeTLS": 0, "RunTLS": 1, "StartTLS": 1, "ListenTLS": 1,
}  # fmt: skip
#: Those of them that no project has under the same name for something else; a path that is computed is left open.
OPENING_METHODS = frozenset({
    "ParseFiles", "ParseGlob", "LoadHTMLGlob", "LoadHTMLFiles", "StaticFile", "Static", "SetConfigFile", "ServeFiles",
    "ListenAndServeTLS", "RunTLS", "StartTLS", "ListenTLS",
})  # fmt: skip
#: Methods by name alone that give out or search the folder that they are given.
FOLDER_METHODS = frozenset({"ParseGlob", "LoadHTMLGlob", "Static", "ServeFiles"})
#: Methods by name alone that send files, each with the media type of its ending.
SERVING_METHODS = frozenset({
    "Static", "StaticFS", "StaticFile", "StaticFileFS", "SendFile", "ServeFiles", "File", "FileFromFS", "FileFS",
    "FileAttachment", "Attachment", "Inline", "Download",
})  # fmt: skip
#: Methods by name alone that write an upload's parts to a temporary file (package mime/multipart).
FORM_METHODS = frozenset({"ParseMultipartForm", "FormFile", "MultipartForm", "MultipartReader", "SaveUploadedFile"})

#: Which argument names the program or the file; 0 where not listed.
ARGUMENT: dict[tuple[str, str], int] = {
    ("os/exec", "CommandContext"): 1,
    ("net/http", "ServeFile"): 2,
    ("net/http", "ListenAndServeTLS"): 1,
    ("net/http", "ServeTLS"): 2,
    ("go/parser", "ParseFile"): 1,
    ("go/parser", "ParseDir"): 1,
    ("database/sql", "Open"): 1,
}
#: Functions whose every argument is a path.
ALL_ARGUMENTS = frozenset({
    ("html/template", "ParseFiles"), ("text/template", "ParseFiles"), ("crypto/tls", "LoadX509KeyPair"),
    ("github.com/joho/godotenv", "Load"),
})  # fmt: skip
#: What a call without arguments reads.
DEFAULTS: dict[tuple[str, str], str] = {
    ("github.com/joho/godotenv", "Load"): ".env",
    ("github.com/joho/godotenv", "Read"): ".env",
    ("github.com/joho/godotenv", "Overload"): ".env",
}
#: Asking whether a file is there is no need of it, and what is asked for the whole of a folder may be empty.
LENIENT = frozenset({
    ("os", "Stat"), ("os", "Lstat"), ("os", "OpenFile"), ("os", "Create"), ("os", "WriteFile"), ("os", "Chdir"),
    ("io/ioutil", "WriteFile"), ("path/filepath", "Walk"), ("path/filepath", "WalkDir"), ("path/filepath", "Glob"),
    ("net/http", "Dir"), ("database/sql", "Open"),
})  # fmt: skip
#: They give out, list or search the folder that they are given.
FOLDERS = frozenset({
    ("net/http", "Dir"), ("net/http", "ServeFile"), ("os", "Open"), ("os", "ReadDir"), ("os", "DirFS"),
    ("os", "OpenRoot"), ("io/ioutil", "ReadDir"), ("path/filepath", "Walk"), ("path/filepath", "WalkDir"),
    ("path/filepath", "Glob"), ("html/template", "ParseGlob"), ("text/template", "ParseGlob"),
    ("go/parser", "ParseDir"),
})  # fmt: skip
#: Of these a path that is computed leaves nothing open.
ASKING = frozenset({("os", "Stat"), ("os", "Lstat")})
#: They change which folder relative names start from.
MOVES = frozenset({(package, "Chdir") for package in ("os", "syscall", "golang.org/x/sys/unix")})
#: They set the program's own environment.
ENVIRONMENT = frozenset({("os", "Setenv"), ("syscall", "Setenv"), ("golang.org/x/sys/unix", "Setenv")})
#: They start the go command or read Go's own folder for the packages that they are asked for.
GO_ITSELF = frozenset({
    ("go/importer", "Default"), ("go/importer", "For"), ("go/importer", "ForCompiler"), ("go/build", "Import"),
})  # fmt: skip
#: They take a network and an address; of a local socket that is a path (package net).
SOCKETS = frozenset({("net", name) for name in ("Listen", "ListenPacket", "Dial", "DialTimeout", "ResolveUnixAddr")})
#: Drivers of package database/sql whose source is a file.
FILE_DRIVERS = frozenset({"sqlite3", "sqlite", "duckdb", "ql", "ramsql", "file"})
#: They make a file in a folder that has to be there.
MAKERS = frozenset(
    {("os", "OpenFile"), ("os", "Create"), ("os", "WriteFile"), ("io/ioutil", "WriteFile"), ("os", "Mkdir")}
)
#: They make a path of path elements.
JOINS = frozenset({
    ("path/filepath", "Join"), ("path/filepath", "Abs"), ("path/filepath", "Clean"), ("path/filepath", "FromSlash"),
    ("path/filepath", "EvalSymlinks"), ("path", "Join"), ("path", "Clean"),
})  # fmt: skip
#: Of these an address without TLS asks for no certificates.
BY_ADDRESS = frozenset({("net/http", name) for name in ("Get", "Post", "PostForm", "Head")})

_OFFLINE = """
github.com/BurntSushi/toml github.com/alecthomas/kingpin/v2 github.com/caarlos0/env/v6 github.com/davecgh/go-spew
github.com/dgrijalva/jwt-go github.com/fatih/color github.com/fsnotify/fsnotify github.com/gin-gonic/gin
github.com/go-chi/chi github.com/go-chi/chi/v5 github.com/go-chi/cors github.com/go-chi/render github.com/go-kit/log
github.com/gofrs/uuid github.com/gofrs/uuid/v5 github.com/golang-jwt/jwt github.com/golang-jwt/jwt/v4
github.com/golang-jwt/jwt/v5 github.com/golang/glog github.com/golang/protobuf github.com/google/go-cmp
github.com/google/uuid github.com/gookit/color github.com/gorilla/handlers github.com/gorilla/mux
github.com/gorilla/sessions github.com/jessevdk/go-flags github.com/jmoiron/sqlx github.com/joho/godotenv
github.com/json-iterator/go github.com/julienschmidt/httprouter github.com/kelseyhightower/envconfig
github.com/labstack/echo github.com/labstack/echo/v4 github.com/mailru/easyjson github.com/mattn/go-colorable
github.com/mattn/go-isatty github.com/mattn/go-sqlite3 github.com/mitchellh/mapstructure github.com/pkg/errors
github.com/prometheus/client_golang github.com/robfig/cron github.com/robfig/cron/v3 github.com/rs/cors
github.com/rs/zerolog github.com/satori/go.uuid github.com/sirupsen/logrus github.com/spf13/cobra
github.com/spf13/pflag github.com/stretchr/testify github.com/tidwall/gjson github.com/urfave/cli
github.com/urfave/cli/v2 go.uber.org/zap golang.org/x/crypto/argon2 golang.org/x/crypto/bcrypt
golang.org/x/crypto/pbkdf2 golang.org/x/crypto/scrypt golang.org/x/exp golang.org/x/net/context golang.org/x/net/html
golang.org/x/sync golang.org/x/sys golang.org/x/term golang.org/x/text golang.org/x/time google.golang.org/protobuf
gopkg.in/alecthomas/kingpin.v2 gopkg.in/yaml.v2 gopkg.in/yaml.v3 gorm.io/driver/sqlite k8s.io/klog modernc.org/sqlite
"""
#: Well-known modules, or packages of such, that make no TLS connection of their own: routers, logs, formats.
OFFLINE = frozenset(_OFFLINE.split())
