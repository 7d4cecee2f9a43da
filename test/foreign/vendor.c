// SPDX-License-Identifier: MIT
// A camera firmware as vendors' examples are written: tick and delays, clock tree by polling with
// time-outs, GPIO pin by pin, I2C by polling, DCMI continuous with DMA double buffer, LINE and
// VSYNC interrupts left on. 220x220 of an MT9V034.
#include "stm32f4.h"

enum { WIDTH = 220, HEIGHT = 220, FRAME_WORDS = WIDTH * HEIGHT / 4 };
enum { SENSOR = 0x48, GPIO_PIN_AF = 2 };

#ifdef STM32F407
// 8 MHz / 8 * 336 / 2 = 168 MHz; APB1 42 MHz, APB2 84 MHz, its timers 168 MHz.
enum { HCLK_MHZ = 168, PCLK1_MHZ = 42, PLL_N = 336, PLL_Q = 7, OVER_DRIVE = 0, SDA_PIN = 11 };
enum { XCLK_TIMER_COUNTS = 7 }; // 24 MHz
#elif defined STM32F429
enum { HCLK_MHZ = 180, PCLK1_MHZ = 45, PLL_N = 360, PLL_Q = 8, OVER_DRIVE = 1, SDA_PIN = 11 };
enum { XCLK_TIMER_COUNTS = 0 }; // MCO1: HSI, 16 MHz
#else // STM32F446
enum { HCLK_MHZ = 180, PCLK1_MHZ = 45, PLL_N = 360, PLL_Q = 8, OVER_DRIVE = 1, SDA_PIN = 3 };
enum { XCLK_TIMER_COUNTS = 8 }; // 22.5 MHz
#endif

// Where a test finds what the firmware counted.
volatile uint32_t frames, lines, vsyncs, frame_flags, overruns, dma_errors;
static uint32_t buffers[2][FRAME_WORDS];
static volatile const uint32_t *ready;
static volatile uint32_t tick_ms;

void SysTick_Handler(void) { tick_ms++; }

static void delay(uint32_t ms) {
    // One more than asked: the first tick may be near.
    const uint32_t end = tick_ms + ms + 1;
    while ((int32_t)(end - tick_ms) > 0) continue;
}

static void error_handler(const char *what);

/** Wait for bits with the vendor's kind of time-out, ms. */
static void wait_for(IO const uint32_t *from, uint32_t mask, uint32_t wanted, uint32_t timeout_ms,
                     const char *what) {
    const uint32_t start = tick_ms;
    while ((*from & mask) != wanted)
        if (tick_ms - start > timeout_ms) error_handler(what);
}

static void tick_init(uint32_t hclk_mhz) {
    SysTick->LOAD = hclk_mhz * 1000U - 1U;
    SCB->SHP[11] = 15U << 4;
    SysTick->VAL = 0;
    SysTick->CTRL = 7; // processor clock, interrupt, on
}

static void hal_init(void) {
    FLASH->ACR |= 1U << 9;  // ICEN
    FLASH->ACR |= 1U << 10; // DCEN
    FLASH->ACR |= 1U << 8;  // PRFTEN
    // Priority grouping 4: four bits pre-empt.
    SCB->AIRCR = (SCB->AIRCR & 0x0000f8ffU) | 0x05fa0000U | (3U << 8);
    tick_init(16);
}

static void oscillators(void) {
    RCC->APB1ENR |= 1U << 28; // PWR
    (void)RCC->APB1ENR;
    PWR->CR |= OVER_DRIVE ? 3U << 14 : 1U << 14; // VOS
    (void)PWR->CR;
    RCC->CR |= 1U << 16; // HSEON
    wait_for(&RCC->CR, 1U << 17, 1U << 17, 100, "HSE does not start");
    RCC->CR &= ~(1U << 24); // PLLON
    wait_for(&RCC->CR, 1U << 25, 0, 2, "PLL does not stop");
    // M 8, P / 2, source HSE; bits 28 and 29 as after reset.
    RCC->PLLCFGR = 0x20000000U | (PLL_Q << 24) | (1U << 22) | (PLL_N << 6) | 8U;
    RCC->CR |= 1U << 24;
    wait_for(&RCC->CR, 1U << 25, 1U << 25, 2, "PLL does not lock");
    if (!OVER_DRIVE) return;
    PWR->CR |= 1U << 16; // ODEN
    wait_for(&PWR->CSR, 1U << 16, 1U << 16, 1000, "no over-drive");
    PWR->CR |= 1U << 17; // ODSWEN
    wait_for(&PWR->CSR, 1U << 17, 1U << 17, 1000, "over-drive does not switch");
}

static void clock_config(void) {
    oscillators();
    FLASH->ACR = (FLASH->ACR & ~7U) | 5U;
    if ((FLASH->ACR & 7U) != 5U) error_handler("flash latency");
    // The slowest buses while SYSCLK changes, as the vendor does it.
    RCC->CFGR = (RCC->CFGR & ~(7U << 10)) | (7U << 10);
    RCC->CFGR = (RCC->CFGR & ~(7U << 13)) | (7U << 13);
    RCC->CFGR &= ~(15U << 4); // HPRE / 1
    RCC->CFGR = (RCC->CFGR & ~3U) | 2U;
    wait_for(&RCC->CFGR, 3U << 2, 2U << 2, 5000, "SYSCLK does not switch");
    RCC->CFGR = (RCC->CFGR & ~(7U << 10)) | (5U << 10); // PPRE1 / 4
    RCC->CFGR = (RCC->CFGR & ~(7U << 13)) | (4U << 13); // PPRE2 / 2
    tick_init(HCLK_MHZ);
}

/** One pin at a time: speed, type, pull, function, and the mode last but one. */
static void pin(GPIO_TypeDef *port, uint32_t number, uint32_t function, uint32_t open_drain) {
    port->AFR[number >> 3] =
        (port->AFR[number >> 3] & ~(15U << (number & 7) * 4)) | (function << (number & 7) * 4);
    port->MODER = (port->MODER & ~(3U << number * 2)) | ((uint32_t)GPIO_PIN_AF << number * 2);
    port->OSPEEDR = (port->OSPEEDR & ~(3U << number * 2)) | (3U << number * 2);
    port->OTYPER = (port->OTYPER & ~(1U << number)) | (open_drain << number);
    port->PUPDR = (port->PUPDR & ~(3U << number * 2)) | (open_drain << number * 2);
}

static void pins(void) {
    RCC->AHB1ENR |= 1U << 0; // GPIOA
    (void)RCC->AHB1ENR;
    RCC->AHB1ENR |= 1U << 1;
    (void)RCC->AHB1ENR;
    RCC->AHB1ENR |= 1U << 2;
    (void)RCC->AHB1ENR;
    static const uint8_t a[] = {4, 6};           // HSYNC, PIXCLK
    static const uint8_t b[] = {6, 7, 8, 9};     // D5, VSYNC, D6, D7
    static const uint8_t c[] = {6, 7, 8, 9, 11}; // D0 to D4
    for (uint32_t i = 0; i < sizeof a; i++) pin(GPIOA, a[i], 13, 0);
    for (uint32_t i = 0; i < sizeof b; i++) pin(GPIOB, b[i], 13, 0);
    for (uint32_t i = 0; i < sizeof c; i++) pin(GPIOC, c[i], 13, 0);
    pin(GPIOA, 2, 7, 0); // USART2_TX
    pin(GPIOA, 8, XCLK_TIMER_COUNTS ? 1 : 0, 0);
    pin(GPIOB, 10, 4, 1); // I2C2_SCL
    pin(GPIOB, SDA_PIN, 4, 1);
}

/** The sensor's clock on PA8: a timer's PWM, or HSI through MCO1. */
static void sensor_clock(void) {
    if (!XCLK_TIMER_COUNTS) {
        RCC->CFGR &= ~((3U << 21) | (7U << 24));
        return;
    }
    RCC->APB2ENR |= 1U << 0;
    (void)RCC->APB2ENR;
    TIM1->PSC = 0;
    TIM1->ARR = (uint32_t)XCLK_TIMER_COUNTS - 1U;
    TIM1->CCR[0] = XCLK_TIMER_COUNTS / 2;
    TIM1->CCMR1 = (6U << 4) | (1U << 3); // PWM mode 1, preload
    TIM1->CCER = 1;
    TIM1->BDTR = 1U << 15; // MOE
    TIM1->EGR = 1;
    TIM1->CR1 |= 1;
}

static void uart_init(void) {
    RCC->APB1ENR |= 1U << 17;
    (void)RCC->APB1ENR;
    USART2->CR1 &= ~(1U << 13);
    USART2->CR2 = 0;
    USART2->CR1 = (1U << 3) | (1U << 2);
    USART2->CR3 = 0;
    USART2->BRR = (PCLK1_MHZ * 1000000U + 57600U) / 115200U;
    USART2->CR1 |= 1U << 13;
}

static void print(const char *text) {
    for (; *text; text++) {
        while (!(USART2->SR & (1U << 7))) continue; // TXE
        USART2->DR = (uint8_t)*text;
    }
    while (!(USART2->SR & (1U << 6))) continue; // TC
}

static void print_number(uint32_t value) {
    char digits[11];
    uint32_t at = sizeof digits - 1;
    digits[at] = 0;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    print(&digits[at]);
}

static void error_handler(const char *what) {
    uart_init();
    print("error: ");
    print(what);
    print("\r\n");
    for (;;) continue;
}

static void i2c_init(void) {
    RCC->APB1ENR |= 1U << 22;
    (void)RCC->APB1ENR;
    I2C2->CR1 &= ~1U;
    I2C2->CR1 |= 1U << 15; // SWRST
    I2C2->CR1 &= ~(1U << 15);
    I2C2->CR2 = PCLK1_MHZ;
    I2C2->TRISE = PCLK1_MHZ + 1;
    I2C2->CCR = PCLK1_MHZ * 1000U / (2 * 100);
    I2C2->CR1 = 0;
    I2C2->OAR1 = 1U << 14;
    I2C2->OAR2 = 0;
    I2C2->CR1 |= 1;
}

static void i2c_flag(uint32_t flag) {
    wait_for(&I2C2->SR1, flag, flag, 25, "I2C: no answer from the sensor");
}

/** "Memory write" to a register with an address of 8 bits and a content of 16. */
static void sensor_write(uint8_t reg, uint16_t value) {
    wait_for(&I2C2->SR2, 2, 0, 25, "I2C is busy");
    I2C2->CR1 &= ~(1U << 11); // POS
    I2C2->CR1 |= 1U << 8;     // START
    i2c_flag(1);
    I2C2->DR = SENSOR << 1;
    i2c_flag(2); // ADDR
    (void)I2C2->SR1;
    (void)I2C2->SR2;
    i2c_flag(1U << 7); // TXE
    I2C2->DR = reg;
    i2c_flag(1U << 7);
    I2C2->DR = value >> 8;
    i2c_flag(1U << 7);
    I2C2->DR = value & 0xffU;
    i2c_flag(1U << 2);    // BTF
    I2C2->CR1 |= 1U << 9; // STOP
}

/** "Memory read" of two bytes. */
static uint16_t sensor_read(uint8_t reg) {
    wait_for(&I2C2->SR2, 2, 0, 25, "I2C is busy");
    I2C2->CR1 &= ~(1U << 11);
    I2C2->CR1 |= 1U << 10; // ACK
    I2C2->CR1 |= 1U << 8;
    i2c_flag(1);
    I2C2->DR = SENSOR << 1;
    i2c_flag(2);
    (void)I2C2->SR1;
    (void)I2C2->SR2;
    i2c_flag(1U << 7);
    I2C2->DR = reg;
    i2c_flag(1U << 7);
    I2C2->CR1 |= 1U << 8; // repeated START
    i2c_flag(1);
    I2C2->DR = (SENSOR << 1) | 1;
    i2c_flag(2);
    I2C2->CR1 &= ~(1U << 10);
    I2C2->CR1 |= 1U << 11;
    (void)I2C2->SR1;
    (void)I2C2->SR2;
    i2c_flag(1U << 2);
    I2C2->CR1 |= 1U << 9;
    const uint32_t high = I2C2->DR & 0xffU;
    const uint32_t low = I2C2->DR & 0xffU;
    return (uint16_t)(high << 8 | low);
}

static void sensor_init(void) {
    const uint16_t chip = sensor_read(0x00);
    if (chip != 0x1324) error_handler("the sensor is no MT9V034");
    sensor_write(0x07, 0x0188);      // master, parallel, simultaneous
    sensor_write(0x01, 1 + 266);     // column start
    sensor_write(0x02, 4 + 130);     // row start
    sensor_write(0x03, HEIGHT);      // window height
    sensor_write(0x04, WIDTH);       // window width
    sensor_write(0x05, 704 - WIDTH); // horizontal blanking: a row has 704 clocks
    sensor_write(0x06, 45);          // vertical blanking
    sensor_write(0x0b, 200);         // shutter, rows
    sensor_write(0xaf, 0);           // automatic exposure and gain off
    sensor_write(0x0c, 1);           // soft reset: a new frame starts
}

static void interrupt_on(uint32_t irq, uint32_t priority) {
    NVIC->IP[irq] = (uint8_t)(priority << 4);
    NVIC->ISER[irq >> 5] = 1U << (irq & 31);
}

static void dcmi_init(void) {
    RCC->AHB2ENR |= 1U;
    (void)RCC->AHB2ENR;
    RCC->AHB1ENR |= 1U << 22; // DMA2
    (void)RCC->AHB1ENR;
    DMA2_Stream1->CR &= ~1U;
    wait_for(&DMA2_Stream1->CR, 1, 0, 5, "the DMA stream does not stop");
    // Channel 1, words, memory increment, circular, high priority; FIFO on, full, single bursts.
    DMA2_Stream1->CR = (1U << 25) | (2U << 16) | (2U << 13) | (2U << 11) | (1U << 10) | (1U << 8);
    DMA2_Stream1->FCR = (1U << 2) | 3U;
    DMA2->LIFCR = 0x3fU << 6 & 0xf40U;
    interrupt_on(DMA2_Stream1_IRQn, 5);
    interrupt_on(DCMI_IRQn, 5);
    // Syncs that are active high have polarity 0; pixel clock: rising edge.
    DCMI->CR &=
        ~((3U << 10) | (3U << 8) | (1U << 5) | (1U << 6) | (1U << 7) | (1U << 3) | (1U << 4));
    DCMI->CR |= 1U << 5;
    DCMI->IER |= (1U << 4) | (1U << 3) | (1U << 2) | (1U << 1); // LINE, VSYNC, ERR, OVR
}

static void dcmi_start_dma(void) {
    DCMI->CR |= 1U << 14;         // ENABLE
    DCMI->CR &= ~(1U << 1);       // continuous
    DMA2_Stream1->CR |= 1U << 18; // DBM
    DMA2_Stream1->M1AR = (uint32_t)(uintptr_t)buffers[1];
    DMA2_Stream1->NDTR = FRAME_WORDS;
    DMA2_Stream1->PAR = (uint32_t)(uintptr_t)&DCMI->DR;
    DMA2_Stream1->M0AR = (uint32_t)(uintptr_t)buffers[0];
    DMA2->LIFCR = 0xf40U;
    DMA2_Stream1->CR |= (1U << 4) | (1U << 2) | (1U << 1); // TCIE, TEIE, DMEIE
    DMA2_Stream1->FCR |= 1U << 7;                          // FEIE
    DMA2_Stream1->CR |= 1U;
    DCMI->CR |= 1U; // CAPTURE
}

void DMA2_Stream1_IRQHandler(void) {
    const uint32_t flags = DMA2->LISR;
    if (flags & (1U << 9) && DMA2_Stream1->CR & (1U << 2)) { // TEIF
        DMA2_Stream1->CR &= ~(1U << 2);
        DMA2->LIFCR = 1U << 9;
        dma_errors++;
    }
    if (flags & (1U << 6) && DMA2_Stream1->FCR & (1U << 7)) { // FEIF
        DMA2->LIFCR = 1U << 6;
        dma_errors++;
    }
    if (flags & (1U << 11) && DMA2_Stream1->CR & (1U << 4)) { // TCIF
        DMA2->LIFCR = 1U << 11;
        // CT is the buffer that fills now: the other one is whole.
        ready = DMA2_Stream1->CR & (1U << 19) ? buffers[0] : buffers[1];
        frames++;
        DCMI->IER |= 1U; // FRAME
    }
}

void DCMI_IRQHandler(void) {
    const uint32_t flags = DCMI->MIS;
    if (flags & (1U << 1)) {
        DCMI->ICR = 1U << 1;
        overruns++;
    }
    if (flags & (1U << 4)) {
        DCMI->ICR = 1U << 4;
        lines++;
    }
    if (flags & (1U << 3)) {
        DCMI->ICR = 1U << 3;
        vsyncs++;
    }
    if (flags & 1U) {
        DCMI->IER &= ~1U;
        DCMI->ICR = 1U;
        frame_flags++;
    }
}

static uint32_t mean(volatile const uint32_t *words) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < FRAME_WORDS; i++) {
        const uint32_t word = words[i];
        sum += (word & 0xff) + (word >> 8 & 0xff) + (word >> 16 & 0xff) + (word >> 24);
    }
    return sum / (FRAME_WORDS * 4);
}

int main(void) {
    hal_init();
    clock_config();
    pins();
    uart_init();
    print("vendor firmware\r\n");
#ifdef TOUCH_UNMODELLED
    // A block that a camera does not need: WWDG_CFR.
    RCC->APB1ENR |= 1U << 11;
    *(IO uint32_t *)0x40002c04 |= 1U << 6;
    (void)*(IO uint32_t *)0x40002c04;
#endif
    sensor_clock();
    delay(10);
    i2c_init();
    sensor_init();
    print("sensor found\r\n");
    dcmi_init();
    dcmi_start_dma();
    for (;;) {
        __asm__ volatile("wfi");
        volatile const uint32_t *frame = ready;
        if (!frame) continue;
        ready = 0;
        const uint32_t number = frames;
        print("frame ");
        print_number(number);
        print(" mean ");
        print_number(mean(frame));
        print("\r\n");
    }
}
