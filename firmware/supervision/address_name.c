// SPDX-License-Identifier: MIT
// Names of RM0090 and RM0390 (tables 1, 2.3), PM0214 chapter 4; areas of memory by the linker.
#include "address_name.h"

#include <stdbool.h>
#include <stddef.h>

extern uint8_t cam_native_stack[];
extern uint8_t cam_native_stack_end[];
extern uint8_t cam_native_data[];
extern uint8_t cam_native_data_end[];
extern uint8_t cam_frame_memory[];
extern uint8_t cam_frame_memory_end[];
extern uint8_t cam_vm_native_stack[];
extern uint8_t cam_vm_memory_end[];
extern uint8_t cam_vm_stack_guard[];
extern const uint8_t cam_flash_start[];
extern const uint8_t cam_slot_a[];
extern const uint8_t cam_slot_b[];
extern const uint8_t cam_flash_end[];

typedef struct {
    uint32_t start;
    uint32_t bytes;
    const char *name;
    const char *registers; // words from `start` on, each with a space behind; 0: they are not named
} block_t;

#define DMA_STREAM(n) "S" n "CR S" n "NDTR S" n "PAR S" n "M0AR S" n "M1AR S" n "FCR "
#define DMA                                                                                        \
    "LISR HISR LIFCR HIFCR " DMA_STREAM("0") DMA_STREAM("1") DMA_STREAM("2") DMA_STREAM("3")       \
        DMA_STREAM("4") DMA_STREAM("5") DMA_STREAM("6") DMA_STREAM("7")
#define TIM                                                                                        \
    "CR1 CR2 SMCR DIER SR EGR CCMR1 CCMR2 CCER CNT PSC ARR RCR CCR1 CCR2 CCR3 CCR4 BDTR DCR DMAR "
#define I2C "CR1 CR2 OAR1 OAR2 DR SR1 SR2 CCR TRISE FLTR "
#define GPIO "MODER OTYPER OSPEEDR PUPDR IDR ODR BSRR LCKR AFRL AFRH "

static const block_t BLOCKS[] = {
    {0x40000000u, 0x400, "TIM2", TIM},
    {0x40003000u, 0x400, "IWDG", "KR PR RLR SR "},
    {0x40004400u, 0x400, "USART2", "SR DR BRR CR1 CR2 CR3 GTPR "},
    {0x40005400u, 0x400, "I2C1", I2C},
    {0x40005800u, 0x400, "I2C2", I2C},
    {0x40005c00u, 0x400, "I2C3", I2C},
    {0x40007000u, 0x400, "PWR", "CR CSR "},
    {0x40010000u, 0x400, "TIM1", TIM},
    {0x40010400u, 0x400, "TIM8", TIM},
    {0x40013800u, 0x400, "SYSCFG", "MEMRMP PMC EXTICR1 EXTICR2 EXTICR3 EXTICR4 "},
    {0x40013c00u, 0x400, "EXTI", "IMR EMR RTSR FTSR SWIER PR "},
    {0x40020000u, 0x400, "GPIOA", GPIO},
    {0x40020400u, 0x400, "GPIOB", GPIO},
    {0x40020800u, 0x400, "GPIOC", GPIO},
    {0x40020c00u, 0x400, "GPIOD", GPIO},
    {0x40021000u, 0x400, "GPIOE", GPIO},
    {0x40021400u, 0xc00, "GPIOF to GPIOH", 0},
    {0x40023800u, 0x400, "RCC",
     "CR PLLCFGR CFGR CIR AHB1RSTR AHB2RSTR AHB3RSTR - APB1RSTR APB2RSTR - - AHB1ENR AHB2ENR "
     "AHB3ENR - APB1ENR APB2ENR "},
    {0x40023c00u, 0x400, "FLASH", "ACR KEYR OPTKEYR SR CR OPTCR "},
    {0x40026000u, 0x400, "DMA1", DMA},
    {0x40026400u, 0x400, "DMA2", DMA},
    {0x50000000u, 0x40000, "OTG_FS", 0},
    {0x50050000u, 0x400, "DCMI", "CR SR RIS IER MIS ICR ESCR ESUR CWSTRT CWSIZE DR "},
    {0xe0000000u, 0x1000, "ITM", 0},
    {0xe0001000u, 0x1000, "DWT", "CTRL CYCCNT "},
    {0xe000e010u, 0x10, "SYST", "CSR RVR CVR CALIB "},
    {0xe000e100u, 0xc00, "NVIC", 0},
    {0xe000ed00u, 0x90, "SCB",
     "CPUID ICSR VTOR AIRCR SCR CCR SHPR1 SHPR2 SHPR3 SHCSR CFSR HFSR DFSR MMFAR BFAR AFSR "},
    {0xe000ed90u, 0x20, "MPU", "TYPE CTRL RNR RBAR RASR "},
    {0xe000ef00u, 0x10, "NVIC", "STIR "},
    {0xe000ef30u, 0x20, "FPU", "- FPCCR FPCAR FPDSCR "},
};

static bool between(uint32_t address, const uint8_t *start, const uint8_t *end) {
    return address >= (uint32_t)(uintptr_t)start && address < (uint32_t)(uintptr_t)end;
}

/** 0 when it is none of the board's memories. */
static const char *area_name(uint32_t address) {
    if (between(address, cam_native_stack, cam_native_stack_end)) return "native stack";
    if (between(address, cam_native_data, cam_native_data_end)) return "native data";
    if (between(address, cam_frame_memory, cam_frame_memory_end)) return "frame memory";
    if (between(address, cam_vm_stack_guard, cam_vm_stack_guard + 32))
        return "guard below the VM's stack";
    if (between(address, cam_vm_native_stack, cam_vm_memory_end)) return "the VM's memory";
    if (between(address, cam_slot_a, cam_slot_b)) return "slot A";
    if (between(address, cam_slot_b, cam_flash_end)) return "slot B";
    const uint32_t flash = (uint32_t)(uintptr_t)cam_flash_start;
    if (address < (uint32_t)(uintptr_t)cam_flash_end - flash ||
        between(address, cam_flash_start, cam_slot_a))
        return "flash";
    return 0;
}

/** Word `index` of a list, with its length; 0 when there is none, or it is "-". */
static const char *word_of(const char *list, uint32_t index, uint32_t *length) {
    for (;;) {
        uint32_t end = 0;
        while (list[end] != ' ' && list[end] != 0) end++;
        if (list[end] == 0) return 0;
        *length = end;
        if (index == 0) return list[0] == '-' ? 0 : list;
        index--;
        list += end + 1u;
    }
}

static bool add_register(cam_text_t *line, const block_t *block, uint32_t offset) {
    uint32_t length;
    const char *name =
        block->registers == NULL ? 0 : word_of(block->registers, offset / 4u, &length);
    if (name == 0) return false;
    cam_text_add(line, "_");
    for (uint32_t i = 0; i < length; i++) {
        const char one[2] = {name[i], 0};
        cam_text_add(line, one);
    }
    return true;
}

void cam_address_name(cam_text_t *line, uint32_t address) {
    const char *area = area_name(address);
    if (area != 0) {
        cam_text_add(line, area);
        return;
    }
    for (uint32_t i = 0; i < sizeof BLOCKS / sizeof BLOCKS[0]; i++) {
        const block_t *block = &BLOCKS[i];
        const uint32_t offset = address - block->start;
        if (offset >= block->bytes) continue;
        cam_text_add(line, block->name);
        if (add_register(line, block, offset)) return;
        if (block->registers == NULL) return;
        cam_text_add(line, " + ");
        cam_text_add_hex(line, offset);
        return;
    }
    if (address - 0x22000000u < 0x02000000u || address - 0x42000000u < 0x02000000u)
        cam_text_add(line, "a bit-band alias");
    else
        cam_text_add(line, "nothing of this board");
}
