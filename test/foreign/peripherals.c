// SPDX-License-Identifier: MIT
// What other firmware does besides its camera, in the vendors' manner: a sensor on SPI2 that is
// polled, the start-up of the USB device, one conversion of ADC1, a word to an LCD that nobody
// fitted. It waits for each flag without end.
#include "stm32f4.h"

typedef struct {
    IO uint32_t CR1, CR2, SR, DR;
} SPI_TypeDef;

typedef struct {
    IO uint32_t SR, CR1, CR2, SMPR1, SMPR2, JOFR[4], HTR, LTR, SQR1, SQR2, SQR3, JSQR, JDR[4], DR;
} ADC_TypeDef;

#define SPI2 ((SPI_TypeDef *)0x40003800)
#define ADC1 ((ADC_TypeDef *)0x40012000)
#define USB(offset) (*(IO uint32_t *)(0x50000000 + (offset)))
#define LCD (*(IO uint16_t *)0x60000000)

enum {
    GAHBCFG = 0x008,
    GUSBCFG = 0x00c,
    GRSTCTL = 0x010,
    GINTSTS = 0x014,
    GINTMSK = 0x018,
    GCCFG = 0x038,
    DIEPTXF1 = 0x104,
    DCFG = 0x800,
    DCTL = 0x804,
    DIEPCTL = 0x900,
    DIEPINT = 0x908,
    DOEPCTL = 0xb00,
    DOEPINT = 0xb08,
    PCGCCTL = 0xe00,
    GRSTCTL_CSRST = 1 << 0,
    GRSTCTL_RXFFLSH = 1 << 4,
    GRSTCTL_TXFFLSH = 1 << 5,
    ENDPOINTS = 4,
};

// Where a test finds them.
volatile uint32_t done, gyro_id, sample;

static uint32_t spi_byte(uint32_t byte) {
    while (!(SPI2->SR & 2U)) continue; // TXE
    SPI2->DR = byte;
    while (!(SPI2->SR & 1U)) continue; // RXNE
    return SPI2->DR;
}

static void spi(void) {
    RCC->APB1ENR |= 1U << 14;
    SPI2->CR1 = 1U << 9 | 1U << 8 | 3U << 3 | 1U << 2; // SSM, SSI, PCLK / 16, master
    SPI2->CR1 |= 1U << 6;                              // SPE
    (void)spi_byte(0x8f);                              // read WHO_AM_I
    gyro_id = spi_byte(0xff);
    while (SPI2->SR & 1U << 7) continue; // BSY
}

static void usb_command(uint32_t command) {
    while (!(USB(GRSTCTL) & 1U << 31)) continue; // AHBIDL
    USB(GRSTCTL) = command;
    while (USB(GRSTCTL) & command & 0x3fU) continue;
}

static void usb(void) {
    RCC->AHB2ENR |= 1U << 7;
    USB(GAHBCFG) &= ~1U;
    USB(GUSBCFG) |= 1U << 6; // PHYSEL
    usb_command(GRSTCTL_CSRST);
    USB(GCCFG) = 1U << 16;              // PWRDWN: the transceiver is on
    USB(GUSBCFG) |= 1U << 30;           // FDMOD
    while (USB(GINTSTS) & 1U) continue; // CMOD
    USB(PCGCCTL) = 0;
    USB(DCFG) |= 3U;
    usb_command(GRSTCTL_TXFFLSH | 0x10U << 6);
    usb_command(GRSTCTL_RXFFLSH);
    for (uint32_t endpoint = 0; endpoint < ENDPOINTS; endpoint++) {
        const uint32_t at = endpoint * 0x20;
        USB(DIEPCTL + at) = 1U << 27; // SNAK
        USB(DOEPCTL + at) = 1U << 27;
        USB(DIEPINT + at) = 0xff;
        USB(DOEPINT + at) = 0xff;
    }
    for (uint32_t fifo = 0; fifo < 3; fifo++) USB(DIEPTXF1 + 4 * fifo) = 0x00400100;
    USB(GINTSTS) = 0xbfffffff;
    USB(GINTMSK) = 0x803c3810;
    USB(DCTL) &= ~2U; // connect
    USB(GAHBCFG) |= 1U;
}

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
    spi();
    usb();
    adc();
    lcd();
    done = 1;
    for (;;) __asm__ volatile("wfi");
}
