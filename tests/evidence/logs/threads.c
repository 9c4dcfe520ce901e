#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <dlfcn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
static void *work(void *name) {
    for (int i = 0; i < 8; i++) { int fd = open(name, O_RDONLY); if (fd >= 0) close(fd); usleep(500); }
    return 0;
}
int main(int argc, char **argv) {
    if (argc > 1) { puts("again"); return access("/etc/again", R_OK) ? 3 : 0; }
    struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "/run/many.sock"};
    int s = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(s, (void *)&at, sizeof at);
    mkdir("out", 0755);
    int d = open("out", O_DIRECTORY);
    close(openat(d, "a\303\244 \377 \"q\" <x>\n", O_CREAT | O_WRONLY, 0644));
    chdir("out");
    symlink("a", "link"); rename("link", "moved"); unlink("moved");
    dlopen("libm.so.6", RTLD_NOW);
    pthread_t t[3]; char *names[] = {"one", "/etc/passwd", "../two"};
    for (int i = 0; i < 3; i++) pthread_create(&t[i], 0, work, names[i]);
    pid_t p = fork();
    if (!p) { chdir("/etc"); work("group"); if (!fork()) { setsid(); work("hostname"); kill(getpid(), SIGKILL); } wait(0); _exit(0); }
    for (int i = 0; i < 3; i++) pthread_join(t[i], 0);
    while (wait(0) > 0);
    execl("/proc/self/exe", "many", "again", "\001\n", (char *)0);
    return 9;
}
