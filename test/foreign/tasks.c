// SPDX-License-Identifier: MIT
// A firmware in the manner of a small RTOS: two tasks on stacks of their own, switched by PendSV
// from the tick, the FPU used in both; registers are written as bytes and half-words where old
// vendor code does.
#include "rtos/switch.h"
#include "stm32f4.h"

enum { STACK_WORDS = 256, TASKS = 2, HSI_MHZ = 16 };

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

void next_task(void) {
    switches++;
    current_task = current_task == &tasks[0] ? &tasks[1] : &tasks[0];
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

int main(void) {
    *(IO uint8_t *)&RCC->AHB1ENR = 1;       // GPIOA, a byte of the register
    *((IO uint8_t *)&RCC->APB1ENR + 2) = 2; // USART2: bit 17 in its third byte
    GPIOA->MODER = (GPIOA->MODER & ~((3U << 4) | (3U << 10))) | (2U << 4) | (1U << 10);
    *(IO uint16_t *)&GPIOA->AFR[0] = 7U << 8; // PA2
    *(IO uint16_t *)&USART2->BRR = (HSI_MHZ * 1000000U + 57600U) / 115200U;
    *(IO uint16_t *)&USART2->CR1 = (1U << 13) | (1U << 3);
    task_make(&tasks[0], stacks[0], STACK_WORDS, first_task);
    task_make(&tasks[1], stacks[1], STACK_WORDS, second_task);
    SCB->SHP[10] = 0xf0; // PendSV: the least urgent
    SCB->SHP[11] = 0xe0; // SysTick
    SysTick->LOAD = HSI_MHZ * 1000U - 1U;
    SysTick->VAL = 0;
    SysTick->CTRL = 7;
    start_first_task();
    for (;;) continue;
}
