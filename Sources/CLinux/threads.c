// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* The kernel's limit, with the zero at the end (man 3 pthread_setname_np). */
enum { name_bytes = 16 };

struct start {
    char name[name_bytes];
    void (*run)(void *);
    void *context;
};

/* Only the thread itself may name it: to all others it may be gone already. */
static void *begin(void *argument)
{
    struct start start = *(struct start *)argument;
    free(argument);
    pthread_setname_np(pthread_self(), start.name);
    start.run(start.context);
    return NULL;
}

int clinux_start_thread(const char *name, unsigned long stack_bytes, void (*run)(void *), void *context)
{
    struct start *start = calloc(1, sizeof *start);
    if (start == NULL) return ENOMEM;
    strncpy(start->name, name, name_bytes - 1);
    start->run = run;
    start->context = context;
    pthread_attr_t attributes;
    pthread_t thread;
    int fault = pthread_attr_init(&attributes);
    if (fault == 0) {
        pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
        pthread_attr_setstacksize(&attributes, stack_bytes);
        fault = pthread_create(&thread, &attributes, begin, start);
        pthread_attr_destroy(&attributes);
    }
    if (fault != 0) free(start);
    return fault;
}
