// SPDX-License-Identifier: MIT
// A sensor on SPI2, by polling.
#include "peripherals.h"

typedef struct {
    IO uint32_t CR1, CR2, SR, DR;
} SPI_TypeDef;

#define SPI2 ((SPI_TypeDef *)0x40003800)

static uint32_t spi_byte(uint32_t byte) {
    while (!(SPI2->SR & 2U)) continue; // TXE
    SPI2->DR = byte;
    while (!(SPI2->SR & 1U)) continue; // RXNE
    return SPI2->DR;
}

uint32_t gyro_read_id(void) {
    RCC->APB1ENR |= 1U << 14;
    SPI2->CR1 = 1U << 9 | 1U << 8 | 3U << 3 | 1U << 2; // SSM, SSI, PCLK / 16, master
    SPI2->CR1 |= 1U << 6;                              // SPE
    (void)spi_byte(0x8f);                              // read WHO_AM_I
    const uint32_t id = spi_byte(0xff);
    while (SPI2->SR & 1U << 7) continue; // BSY
    return id;
}
