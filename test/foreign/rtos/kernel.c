// SPDX-License-Identifier: MIT
// A small kernel in the manner of FreeRTOS: the most urgent task that is ready runs; a task waits
// for an event or for time; critical sections raise BASEPRI to the priority of the interrupts that
// may call the kernel. The program's main task is woken by its capture's interrupts, another task
// works in floating point, the last one sleeps.
#include "../article/article.h"
#include "../stm32f4.h"
#include "switch.h"

enum { TASKS = 3, STACK_WORDS = 256, SYSCALL_PRIORITY = 5 << 4, LOWEST = 0xf0, WORK_EVERY_MS = 3 };

typedef struct {
    task_t task; // first: a task_t is a kernel_task_t
    bool waits_for_event;
    bool waits_for_time;
    uint32_t wake_ms;
} kernel_task_t;

volatile uint32_t tick_ms;
task_t *current_task;
// Where a test finds what the tasks did.
volatile uint32_t switches, rounds, wrong_sums, sleeps;

// The most urgent first: the camera, the work, the idle task.
static kernel_task_t tasks[TASKS];
static uint32_t stacks[TASKS][STACK_WORDS] __attribute__((aligned(8)));
static volatile bool event, running;

static uint32_t enter_critical(void) {
    uint32_t before;
    __asm__ volatile("mrs %0, basepri\n\tmsr basepri, %1\n\tdsb\n\tisb"
                     : "=&r"(before)
                     : "r"(SYSCALL_PRIORITY)
                     : "memory");
    return before;
}

static void leave_critical(uint32_t before) {
    __asm__ volatile("msr basepri, %0" ::"r"(before) : "memory");
}

static void yield(void) {
    SCB->ICSR = 1U << 28; // PENDSVSET
    __asm__ volatile("dsb\n\tisb" ::: "memory");
}

static bool is_ready(const kernel_task_t *task) {
    return !task->waits_for_event && !task->waits_for_time;
}

void next_task(void) {
    const uint32_t before = enter_critical();
    kernel_task_t *next = tasks;
    while (!is_ready(next)) next++;
    if (&next->task != current_task) switches++;
    current_task = &next->task;
    leave_critical(before);
}

void wait_event(void) {
    uint32_t before = enter_critical();
    if (!event) {
        ((kernel_task_t *)current_task)->waits_for_event = true;
        yield();
        leave_critical(before); // here it waits
        before = enter_critical();
    }
    event = false;
    leave_critical(before);
}

void signal_event(void) {
    const uint32_t before = enter_critical();
    event = true;
    for (uint32_t i = 0; i < TASKS; i++) tasks[i].waits_for_event = false;
    yield();
    leave_critical(before);
}

void SysTick_Handler(void) {
    const uint32_t before = enter_critical();
    tick_ms++;
    for (uint32_t i = 0; i < TASKS; i++)
        if (tasks[i].waits_for_time && tick_ms == tasks[i].wake_ms) tasks[i].waits_for_time = false;
    if (running) yield();
    leave_critical(before);
}

void tick_init(uint32_t hclk_mhz) {
    SCB->SHP[10] = LOWEST; // PendSV
    SCB->SHP[11] = LOWEST; // SysTick
    SysTick->LOAD = hclk_mhz * 1000U - 1U;
    SysTick->VAL = 0;
    SysTick->CTRL = 7;
}

void delay_ms(uint32_t ms) {
    // One more than asked: the first tick may be near.
    const uint32_t end = tick_ms + ms + 1;
    while (!running && (int32_t)(end - tick_ms) > 0) continue;
    if (!running) return;
    const uint32_t before = enter_critical();
    kernel_task_t *const self = (kernel_task_t *)current_task;
    self->wake_ms = end;
    self->waits_for_time = true;
    yield();
    leave_critical(before);
}

static void camera_task(void) {
    program();
    for (;;) wait_event();
}

/** Sums of 1 to 20 in floating point: wrong when a switch loses a register of the FPU. */
static void work_task(void) {
    for (;;) {
        float sum = 0.25F;
        for (uint32_t i = 1; i <= 20; i++) sum += (float)i;
        if (sum != 210.25F) wrong_sums++;
        if (++rounds % 1000 == 0) delay_ms(WORK_EVERY_MS);
    }
}

static void idle_task(void) {
    for (;;) {
        sleeps++;
        __asm__ volatile("wfi");
    }
}

int main(void) {
    static void (*const entries[TASKS])(void) = {camera_task, work_task, idle_task};
    board_init();
    for (uint32_t i = 0; i < TASKS; i++)
        task_make(&tasks[i].task, stacks[i], STACK_WORDS, entries[i]);
    current_task = &tasks[0].task;
    running = true;
    start_first_task();
    for (;;) continue;
}
