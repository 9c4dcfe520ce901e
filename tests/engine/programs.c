/* What a first process of a container may do that a tracer could disturb; the first argument chooses. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void touch(const char *path) { close(open(path, O_RDONLY)); }

/* Ends only when it has no child left: one that it did not make would keep it for ever. */
static int wait_for_all(void) {
    int number = 0;
    for (int i = 0; i < 3; i++)
        if (!fork()) { touch("/etc/passwd"); _exit(0); }
    while (wait(NULL) > 0) number++;
    touch("/etc/after");
    printf("%d %d\n", getpid(), number);
    return number;
}

/* A daemon: its first process is gone before it works. */
static int daemonise(void) {
    if (!fork()) {
        setsid();
        if (!fork()) { chdir("/etc"); usleep(200000); touch("daemon.conf"); _exit(0); }
        _exit(0);
    }
    while (wait(NULL) > 0) {}
    return 0;
}

static int drop(void) {
    setgroups(0, NULL);
    if (setgid(65534) || setuid(65534)) return 1;
    printf("%d %d\n", getuid(), access("/root", R_OK | X_OK));
    if (!fork()) { touch("/etc/child"); _exit(0); }
    wait(NULL);
    return 0;
}

static int again(char **argv) {
    if (argv[2]) { touch("/etc/again"); puts(argv[0]); return 0; }
    return execl("/proc/self/exe", "another", argv[1], "x", (char *)NULL);
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "wait")) return wait_for_all();
    if (!strcmp(what, "daemon")) return daemonise();
    if (!strcmp(what, "drop")) return drop();
    if (!strcmp(what, "again")) return again(argv);
    if (!strcmp(what, "last")) { touch("/etc/last"); _exit(5); }
    if (!strcmp(what, "rights")) {
        touch("/etc/rights");
        printf("%d %d\n", getuid(), geteuid());
        return 0;
    }
    return 9;
}
