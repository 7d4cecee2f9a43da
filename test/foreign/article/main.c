// SPDX-License-Identifier: MIT
// A program without an operating system: it sleeps until an interrupt.
#include "article.h"

void wait_event(void) { __asm__ volatile("wfi"); }

void signal_event(void) {}

int main(void) {
    board_init();
    program();
    for (;;) __asm__ volatile("wfi");
}
