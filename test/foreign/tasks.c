// SPDX-License-Identifier: MIT
// A firmware in the manner of a small RTOS: two tasks on stacks of their own, switched by PendSV
// from the tick, the FPU used in both; registers are written as bytes and half-words where old
// vendor code does.
#include "stm32f4.h"

enum { STACK_WORDS = 256, TASKS = 2, HSI_MHZ = 16, TASK_FRAME_WORDS = 8 + 8 + 1 };

typedef struct {
    uint32_t *stack;
} task_t;

static uint32_t stacks[TASKS][STACK_WORDS] __attribute__((aligned(8)));
static task_t tasks[TASKS];
task_t *current_task = &tasks[0];
// Where a test finds what the tasks did.
volatile uint32_t switches, rounds[TASKS], wrong_sums;

static void byte_out(char value) {
    while (!(*(IO uint16_t *)&USART2->SR & (1U << 7))) continue;
    *(IO uint16_t *)&USART2->DR = (uint8_t)value;
}

static void print(const char *text) {
    while (*text) byte_out(*text++);
}

void SysTick_Handler(void) { SCB->ICSR = 1U << 28; } // PENDSVSET

__attribute__((used)) void next_task(void) {
    switches++;
    current_task = current_task == &tasks[0] ? &tasks[1] : &tasks[0];
}

/** Save what the core does not: r4 to r11, EXC_RETURN, and s16 to s31 of a task that has used the
 * FPU. */
__attribute__((naked)) void PendSV_Handler(void) {
    __asm__ volatile("mrs r0, psp\n\t"
                     "tst lr, #0x10\n\t"
                     "it eq\n\t"
                     "vstmdbeq r0!, {s16-s31}\n\t"
                     "stmdb r0!, {r4-r11, lr}\n\t"
                     "ldr r4, =current_task\n\t"
                     "ldr r1, [r4]\n\t"
                     "str r0, [r1]\n\t"
                     "bl next_task\n\t"
                     "ldr r1, [r4]\n\t"
                     "ldr r0, [r1]\n\t"
                     "ldmia r0!, {r4-r11, lr}\n\t"
                     "tst lr, #0x10\n\t"
                     "it eq\n\t"
                     "vldmiaeq r0!, {s16-s31}\n\t"
                     "msr psp, r0\n\t"
                     "isb\n\t"
                     "bx lr\n\t"
                     ".ltorg");
}

/** Start the first task: an exception return to thread mode on its stack. */
__attribute__((naked)) void SVC_Handler(void) {
    __asm__ volatile("ldr r1, =current_task\n\t"
                     "ldr r1, [r1]\n\t"
                     "ldr r0, [r1]\n\t"
                     "ldmia r0!, {r4-r11, lr}\n\t"
                     "msr psp, r0\n\t"
                     "isb\n\t"
                     "bx lr\n\t"
                     ".ltorg");
}

/** Sum of 1 to 20 in floating point: wrong when a switch loses a register of the FPU. */
static void work(uint32_t task) {
    float sum = task ? 0.5F : 0.25F;
    for (uint32_t i = 1; i <= 20; i++) sum += (float)i;
    if (sum != (task ? 210.5F : 210.25F)) wrong_sums++;
    rounds[task]++;
}

static void first_task(void) {
    for (;;) {
        work(0);
        GPIOA->BSRRL = 1U << 5; // halves of BSRR: set
        GPIOA->BSRRH = 1U << 5; // and reset
    }
}

static void second_task(void) {
    print("tasks run\r\n");
    for (;;) work(1);
}

static void make_task(uint32_t index, void (*entry)(void)) {
    uint32_t *top = &stacks[index][STACK_WORDS - TASK_FRAME_WORDS];
    top[8] = 0xfffffffdU;                          // EXC_RETURN: thread mode, PSP, no FPU state
    top[9 + 6] = (uint32_t)(uintptr_t)entry & ~1U; // PC
    top[9 + 7] = 1U << 24;                         // xPSR: Thumb
    tasks[index].stack = top;
}

int main(void) {
    *(IO uint8_t *)&RCC->AHB1ENR = 1;       // GPIOA, a byte of the register
    *((IO uint8_t *)&RCC->APB1ENR + 2) = 2; // USART2: bit 17 in its third byte
    GPIOA->MODER = (GPIOA->MODER & ~((3U << 4) | (3U << 10))) | (2U << 4) | (1U << 10);
    *(IO uint16_t *)&GPIOA->AFR[0] = 7U << 8; // PA2
    *(IO uint16_t *)&USART2->BRR = (HSI_MHZ * 1000000U + 57600U) / 115200U;
    *(IO uint16_t *)&USART2->CR1 = (1U << 13) | (1U << 3);
    make_task(0, first_task);
    make_task(1, second_task);
    SCB->SHP[10] = 0xf0; // PendSV: the least urgent
    SCB->SHP[11] = 0xe0; // SysTick
    SysTick->LOAD = HSI_MHZ * 1000U - 1U;
    SysTick->VAL = 0;
    SysTick->CTRL = 7;
    __asm__ volatile("cpsie i\n\tsvc 0");
    for (;;) continue;
}
