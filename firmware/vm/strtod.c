// SPDX-License-Identifier: MIT
// Text to double, correctly rounded: exactly for short numbers, by long division of big integers
// for all others.
//
// Numbers of up to 15 digits times a power of ten up to 10^22 take one rounding in doubles (W. D.
// Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990). All others become a
// fraction of two integers, whose quotient of 64 bits, with one bit for what is left, rounds to the
// result. No tables but the powers of ten, no heap, some 800 bytes of stack.
#include "strtod.h"

#include <stdbool.h>
#include <stdint.h>

#define INFINITE __builtin_inf()

/**
 * Digits that can matter: half way between two doubles lies a number of at most 767 digits, so that
 * one more, 1 when anything but zeros follows, decides.
 */
#define DIGITS_MAX 768
/** Below 10^-324 all is 0, above 10^309 all is infinity. */
#define EXPONENT_MIN (-324)
#define EXPONENT_MAX 309
#define EXPONENT_LIMIT 100000

/** 769 digits have 2,555 bits, 5^1093 has 2,538; both are brought to the same length, and doubled.
 */
#define WORDS 81

#define MANTISSA_BITS 53
#define SUBNORMAL_EXPONENT (-1074) // of the least bit
#define EXPONENT_BIAS 1075         // of the least bit of a mantissa of 53 bits

typedef struct {
    uint32_t words[WORDS]; // least first
    int length;            // words up to the most significant one
} big_t;

/** A decimal number: `digits` at `first`, with a point somewhere among them, times 10^exponent. */
typedef struct {
    const char *first; // first digit that is not 0
    int digits;
    int exponent; // of the last digit
} decimal_t;

static void big_multiply_add(big_t *big, uint32_t factor, uint32_t addend) {
    uint64_t carry = addend;
    for (int i = 0; i < big->length; i++) {
        carry += (uint64_t)big->words[i] * factor;
        big->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0) big->words[big->length++] = (uint32_t)carry;
}

static void big_multiply_power_of_5(big_t *big, int exponent) {
    for (; exponent >= 13; exponent -= 13) big_multiply_add(big, 1220703125u, 0); // 5^13
    for (; exponent > 0; exponent--) big_multiply_add(big, 5, 0);
}

static int big_bits(const big_t *big) {
    return 32 * big->length - __builtin_clz(big->words[big->length - 1]);
}

static void big_shift_left(big_t *big, int bits) {
    const int words = bits / 32, rest = bits % 32;
    uint32_t above = 0;
    for (int i = big->length - 1; i >= 0; i--) {
        const uint32_t word = big->words[i];
        if (i == big->length - 1) above = rest == 0 ? 0 : word >> (32 - rest);
        const uint32_t below = i == 0 || rest == 0 ? 0 : big->words[i - 1] >> (32 - rest);
        big->words[i + words] = word << rest | below;
    }
    for (int i = 0; i < words; i++) big->words[i] = 0;
    big->length += words;
    if (above != 0) big->words[big->length++] = above;
}

/** Subtract when that leaves no less than 0. @returns whether it did */
static bool big_subtract(big_t *from, const big_t *big) {
    if (from->length < big->length) return false;
    if (from->length == big->length) {
        int i = from->length - 1;
        while (i > 0 && from->words[i] == big->words[i]) i--;
        if (from->words[i] < big->words[i]) return false;
    }
    int64_t borrow = 0;
    for (int i = 0; i < from->length; i++) {
        borrow += (int64_t)from->words[i] - (i < big->length ? (int64_t)big->words[i] : 0);
        from->words[i] = (uint32_t)borrow;
        borrow >>= 32;
    }
    while (from->length > 0 && from->words[from->length - 1] == 0) from->length--;
    return true;
}

static double from_bits(uint64_t bits) {
    double value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

/**
 * Round to the nearest double, ties to even.
 * @param mantissa not 0, its least bit has weight 2^exponent
 * @param more there is something below the mantissa
 */
static double rounded(uint64_t mantissa, int exponent, bool more) {
    const int shift = __builtin_clzll(mantissa);
    mantissa <<= shift;
    exponent -= shift;
    int drop = 64 - MANTISSA_BITS;
    if (exponent + drop < SUBNORMAL_EXPONENT) drop = SUBNORMAL_EXPONENT - exponent;
    if (drop > 64) return 0;
    const uint64_t kept = drop == 64 ? 0 : mantissa >> drop;
    const uint64_t half = 1ull << (drop - 1);
    const uint64_t rest = mantissa & (half | (half - 1));
    const bool up = rest > half || (rest == half && (more || (kept & 1) != 0));
    exponent += drop;
    // A mantissa that rounds up to 2^53 carries into the exponent, as it should; a subnormal has no
    // leading bit to hide.
    const bool normal = kept >> (MANTISSA_BITS - 1) != 0;
    const uint64_t biased = normal ? (uint64_t)(exponent + EXPONENT_BIAS) : 0;
    const uint64_t hidden = normal ? 1ull << (MANTISSA_BITS - 1) : 0;
    if (biased >= 2047) return INFINITE;
    return from_bits((biased << (MANTISSA_BITS - 1)) + (kept - hidden) + (up ? 1 : 0));
}

/** The digits as an integer, the last one standing for all that would not fit. @returns how many
 * were read */
static int read_digits(big_t *big, decimal_t decimal) {
    big->length = 0;
    int count = 0;
    bool more = false;
    const char *at = decimal.first;
    for (int seen = 0; seen < decimal.digits; at++) {
        if (*at == '.') continue;
        const uint32_t digit = (uint32_t)(*at - '0');
        seen++;
        if (seen <= DIGITS_MAX) {
            big_multiply_add(big, 10, digit);
            count++;
        } else {
            more = more || digit != 0;
        }
    }
    if (!more) return count;
    big_multiply_add(big, 10, 1);
    return count + 1;
}

static double by_division(decimal_t decimal) {
    big_t numerator, denominator;
    const int count = read_digits(&numerator, decimal);
    const int exponent = decimal.exponent + decimal.digits - count;
    denominator.length = 1;
    denominator.words[0] = 1;
    big_multiply_power_of_5(exponent >= 0 ? &numerator : &denominator,
                            exponent >= 0 ? exponent : -exponent);
    // 10^n is 5^n 2^n, and equal lengths make the quotient lie between 1/2 and 2.
    const int shift = big_bits(&numerator) - big_bits(&denominator);
    big_shift_left(shift >= 0 ? &denominator : &numerator, shift >= 0 ? shift : -shift);
    uint64_t quotient = 0;
    for (int bit = 0; bit < 64; bit++) {
        quotient = quotient << 1 | (big_subtract(&numerator, &denominator) ? 1 : 0);
        if (numerator.length > 0) big_shift_left(&numerator, 1);
    }
    return rounded(quotient, exponent + shift - 63, numerator.length != 0);
}

/** Clinger's fast path: both are exact doubles, and their product or quotient rounds once. */
static bool short_number(decimal_t decimal, double *value) {
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const int exponent = decimal.exponent;
    if (decimal.digits > 15 || exponent < -22 || exponent > 22) return false;
    uint64_t integer = 0;
    const char *at = decimal.first;
    for (int seen = 0; seen < decimal.digits; at++) {
        if (*at == '.') continue;
        integer = 10 * integer + (uint64_t)(*at - '0');
        seen++;
    }
    *value =
        exponent < 0 ? (double)integer / powers[-exponent] : (double)integer * powers[exponent];
    return true;
}

static double decimal_value(decimal_t decimal) {
    double value;
    if (decimal.digits == 0 || decimal.digits + decimal.exponent <= EXPONENT_MIN) return 0;
    if (decimal.digits + decimal.exponent > EXPONENT_MAX + 1) return INFINITE;
    return short_number(decimal, &value) ? value : by_division(decimal);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c; }

static int hex_digit(char c) {
    if (is_digit(c)) return c - '0';
    const char letter = lower(c);
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/** An exponent behind `mark`, or 0 when what follows is none. */
static int read_exponent(const char **at, char mark) {
    if (lower(**at) != mark) return 0;
    const char *text = *at + 1;
    const bool negative = *text == '-';
    if (*text == '-' || *text == '+') text++;
    if (!is_digit(*text)) return 0;
    int exponent = 0;
    for (; is_digit(*text); text++)
        if (exponent < EXPONENT_LIMIT) exponent = 10 * exponent + (*text - '0');
    *at = text;
    return negative ? -exponent : exponent;
}

/** @returns whether there is a number; `at` is then behind it */
static bool read_decimal(const char **at, double *value) {
    decimal_t decimal = {*at, 0, 0};
    bool any = false, point = false;
    int zeros = 0; // since the last other digit: behind the point they need no place
    const char *text = *at;
    for (; is_digit(*text) || (*text == '.' && !point); text++) {
        if (*text == '.') {
            point = true;
            continue;
        }
        any = true;
        if (point) decimal.exponent--;
        if (*text == '0' && decimal.digits + zeros == 0) continue;
        if (decimal.digits + zeros == 0) decimal.first = text;
        zeros++;
        if (*text != '0') {
            decimal.digits += zeros;
            zeros = 0;
        }
    }
    if (!any) return false;
    decimal.exponent += zeros;
    *at = text;
    decimal.exponent += read_exponent(at, 'e');
    *value = decimal_value(decimal);
    return true;
}

/** Behind "0x". @returns whether there is a number */
static bool read_hexadecimal(const char **at, double *value) {
    uint64_t mantissa = 0;
    int exponent = 0;
    bool any = false, point = false, more = false;
    const char *text = *at;
    for (; hex_digit(*text) >= 0 || (*text == '.' && !point); text++) {
        if (*text == '.') {
            point = true;
            continue;
        }
        any = true;
        const uint64_t digit = (uint64_t)hex_digit(*text);
        if (mantissa >> 60 == 0) {
            mantissa = mantissa << 4 | digit;
            if (point) exponent -= 4;
        } else {
            more = more || digit != 0;
            if (!point) exponent += 4;
        }
    }
    if (!any) return false;
    *at = text;
    exponent += read_exponent(at, 'p');
    *value = mantissa == 0 ? 0 : rounded(mantissa, exponent, more);
    return true;
}

/** @returns whether the text goes on with this word, in any case */
static bool skip_word(const char **at, const char *word) {
    const char *text = *at;
    for (; *word != 0; word++, text++)
        if (lower(*text) != *word) return false;
    *at = text;
    return true;
}

/** "nan", and in parentheses any letters, digits and underscores. */
static void skip_nan_payload(const char **at) {
    const char *text = *at;
    if (*text != '(') return;
    for (text++; is_digit(*text) || *text == '_' || (lower(*text) >= 'a' && lower(*text) <= 'z');)
        text++;
    if (*text == ')') *at = text + 1;
}

double vm_strtod(const char *text, const char **end) {
    *end = text;
    while (*text == ' ' || (*text >= '\t' && *text <= '\r')) text++;
    const bool negative = *text == '-';
    if (*text == '-' || *text == '+') text++;
    double value = 0;
    const char *hexadecimal = text + 2;
    if (skip_word(&text, "inf")) {
        (void)skip_word(&text, "inity");
        value = INFINITE;
    } else if (skip_word(&text, "nan")) {
        skip_nan_payload(&text);
        value = __builtin_nan("");
    } else if (text[0] == '0' && lower(text[1]) == 'x' && read_hexadecimal(&hexadecimal, &value)) {
        text = hexadecimal;
    } else if (!read_decimal(&text, &value)) {
        return 0;
    }
    *end = text;
    return negative ? -value : value;
}
