#include "CLinux.h"

#include <signal.h>
#include <unistd.h>

static volatile int note = -1;

/* Everything here may be done in a signal handler (man 7 signal-safety). */
static void take_note(int number, siginfo_t *info, void *context)
{
    (void)context;
    const char digits[] = { (char)('0' + number / 10), (char)('0' + number % 10) };
    (void)!pwrite(note, digits, sizeof digits, 0);
    /* Only now: where two threads crash at once, the second must not end the process before the first has written. */
    signal(number, SIG_DFL);
    /* The kernel's own signals come back when the instruction runs again, this time without us: the core dump shows where.
     * After a breakpoint it would go on behind it. */
    if (info->si_code > 0 && number != SIGTRAP) return;
    raise(number);
}

int clinux_note_crashes(int descriptor)
{
    static const int deadly[] = { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP };
    struct sigaction action = { .sa_sigaction = take_note, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK };
    sigemptyset(&action.sa_mask);
    note = descriptor;
    for (unsigned place = 0; place < sizeof deadly / sizeof *deadly; place++)
        if (sigaction(deadly[place], &action, NULL) != 0) return -1;
    return 0;
}
