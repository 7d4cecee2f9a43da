// SPDX-License-Identifier: MIT
// What other firmware does besides its camera, in the vendors' manner: a sensor on SPI2 that is
// polled, the start-up of the USB device, one conversion of ADC1, a word to an LCD that nobody
// fitted. It waits for each flag without end.
#include "peripherals.h"

typedef struct {
    IO uint32_t SR, CR1, CR2, SMPR1, SMPR2, JOFR[4], HTR, LTR, SQR1, SQR2, SQR3, JSQR, JDR[4], DR;
} ADC_TypeDef;

#define ADC1 ((ADC_TypeDef *)0x40012000)
#define LCD (*(IO uint16_t *)0x60000000)

// Where a test finds them.
volatile uint32_t done, gyro_id, sample;

static void adc(void) {
    RCC->APB2ENR |= 1U << 8;
    ADC1->CR2 = 1;
    ADC1->SQR3 = 5;
    ADC1->CR2 |= 1U << 30;
    while (!(ADC1->SR & 2U)) continue; // EOC
    sample = ADC1->DR;
}

static void lcd(void) {
    RCC->AHB3ENR |= 1U;
    FSMC_Bank1->BTCR[0] = 1U << 12 | 1U << 4 | 1U;
    LCD = 0x2c;
    gyro_id |= (uint32_t)LCD << 16;
}

int main(void) {
    gyro_id = gyro_read_id();
    usb_device_init();
    adc();
    lcd();
    done = 1;
    for (;;) __asm__ volatile("wfi");
}
