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
name-service net: Dial DialTimeout Dialer LookupHost LookupIP LookupAddr LookupCNAME LookupMX LookupNS LookupTXT
  LookupSRV LookupPort Resolver DefaultResolver ResolveTCPAddr ResolveUDPAddr ResolveIPAddr
name-service net/http: Get Post PostForm Head DefaultClient Client DefaultTransport Transport
name-service net/rpc: Dial DialHTTP DialHTTPPath
name-service net/smtp: SendMail Dial
users os/user: Current Lookup LookupId LookupGroup LookupGroupId
users os: UserHomeDir UserCacheDir UserConfigDir
command os/exec: Command CommandContext LookPath
command os: StartProcess
command syscall: Exec ForkExec StartProcess
command golang.org/x/sys/unix: Exec
plugin plugin: Open
tmp os: CreateTemp MkdirTemp TempDir
tmp io/ioutil: TempFile TempDir
file os: Open OpenFile ReadFile ReadDir DirFS Stat Lstat Chdir
file io/ioutil: ReadFile ReadDir
file html/template: ParseFiles ParseGlob
file text/template: ParseFiles ParseGlob
file net/http: Dir ServeFile ListenAndServeTLS
file crypto/tls: LoadX509KeyPair
file path/filepath: Walk WalkDir Glob
file github.com/joho/godotenv: Load Overload Read
file github.com/BurntSushi/toml: DecodeFile
file github.com/spf13/viper: SetConfigFile AddConfigPath
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

#: Methods by name alone: which argument is a path. Routers (gin, echo, fiber, chi), templates, http.
PATH_METHODS: dict[str, int] = {
    "ParseFiles": 0, "ParseGlob": 0, "LoadHTMLGlob": 0, "LoadHTMLFiles": 0, "Static": 1, "StaticFile": 1, "File": 0,
    "ServeFile": 2, "AddConfigPath": 0, "SetConfigFile": 0, "SendFile": 0, "ServeFiles": 1,
}  # fmt: skip
#: Methods by name alone that write an upload's parts to a temporary file (package mime/multipart).
FORM_METHODS = frozenset({"ParseMultipartForm", "FormFile", "MultipartForm", "MultipartReader", "SaveUploadedFile"})

#: Which argument names the program or the file; 0 where not listed.
ARGUMENT: dict[tuple[str, str], int] = {
    ("os/exec", "CommandContext"): 1,
    ("net/http", "ServeFile"): 2,
    ("net/http", "ListenAndServeTLS"): 1,
    ("plugin", "Open"): 0,
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
#: Only looked at where it names something: asking whether a file is there is no need of it.
LENIENT = frozenset({("os", "Stat"), ("os", "Lstat"), ("os", "OpenFile"), ("path/filepath", "Walk"), ("os", "Chdir"),
                     ("path/filepath", "WalkDir"), ("path/filepath", "Glob"), ("net/http", "Dir")})  # fmt: skip

_OFFLINE = """
github.com/spf13/cobra github.com/spf13/pflag github.com/sirupsen/logrus go.uber.org/zap github.com/rs/zerolog
github.com/gorilla/mux github.com/gorilla/handlers github.com/gorilla/sessions github.com/go-chi/chi github.com/go-
chi/chi/v5 github.com/julienschmidt/httprouter github.com/gin-gonic/gin github.com/labstack/echo
github.com/labstack/echo/v4 github.com/urfave/cli github.com/urfave/cli/v2 github.com/google/uuid
github.com/gofrs/uuid github.com/joho/godotenv gopkg.in/yaml.v2 gopkg.in/yaml.v3 github.com/BurntSushi/toml
github.com/pkg/errors github.com/fatih/color github.com/fsnotify/fsnotify github.com/mitchellh/mapstructure
github.com/robfig/cron github.com/robfig/cron/v3 github.com/dgrijalva/jwt-go github.com/golang-jwt/jwt
github.com/golang-jwt/jwt/v4 github.com/golang-jwt/jwt/v5 github.com/prometheus/client_golang github.com/mattn/go-
sqlite3 github.com/stretchr/testify github.com/kelseyhightower/envconfig github.com/caarlos0/env/v6
github.com/tidwall/gjson github.com/alecthomas/kingpin/v2 golang.org/x/time golang.org/x/text golang.org/x/sys
golang.org/x/sync golang.org/x/term google.golang.org/protobuf github.com/golang/protobuf
gopkg.in/alecthomas/kingpin.v2 github.com/jessevdk/go-flags modernc.org/sqlite
"""
#: Well-known modules that make no TLS connection of their own: routers, command lines, logs, formats.
OFFLINE = frozenset(_OFFLINE.split())
