// SPDX-License-Identifier: MIT
// What a kernel file imports: views of memory that others own, and memory of its own. AssemblyScript, not DeviceScript: nothing
// here exists at run time, a view is an address and an element one load or store (docs/kernels).
//
// Decorators and changetype stay in this file: kernels have neither. Classes that toolchain/kernel/static-tables.mjs names are global.

/**
 * Bytes in a row: pixels, mostly. An element reads as i32 (0..255), so that sums of pixels do not wrap at 256; of what is
 * written the low 8 bits count.
 */
@global
@unmanaged
@final
export class Bytes {
    [key: i32]: i32

    @inline
    @operator("[]")
    private read(index: i32): i32 {
        return <i32>load<u8>(changetype<usize>(this) + <usize>index)
    }

    @inline
    @operator("[]=")
    private write(index: i32, value: i32): void {
        store<u8>(changetype<usize>(this) + <usize>index, <u8>value)
    }

    /** The bytes from an index on. */
    @inline
    from(index: i32): Bytes {
        return changetype<Bytes>(changetype<usize>(this) + <usize>index)
    }

    /** Four bytes at once, the first in the low bits; the index may be any number. */
    @inline
    four(index: i32): u32 {
        return load<u32>(changetype<usize>(this) + <usize>index, 0, 1)
    }

    /** Write four bytes at once, as four() reads them. */
    @inline
    setFour(index: i32, value: u32): void {
        store<u32>(changetype<usize>(this) + <usize>index, value, 0, 1)
    }
}

/** As Bytes, of 16 bits without sign, 0..65535: also the pixels of a row of RGB565. */
@global
@unmanaged
@final
export class Words {
    [key: i32]: i32

    @inline
    @operator("[]")
    private read(index: i32): i32 {
        return <i32>(
            load<u16>(changetype<usize>(this) + ((<usize>index) << 1), 0, 1)
        )
    }

    @inline
    @operator("[]=")
    private write(index: i32, value: i32): void {
        store<u16>(
            changetype<usize>(this) + ((<usize>index) << 1),
            <u16>value,
            0,
            1
        )
    }
}

/** As Bytes, of 32 bits with sign. */
@global
@unmanaged
@final
export class Ints {
    [key: i32]: i32

    @inline
    @operator("[]")
    private read(index: i32): i32 {
        return load<i32>(changetype<usize>(this) + ((<usize>index) << 2), 0, 1)
    }

    @inline
    @operator("[]=")
    private write(index: i32, value: i32): void {
        store<i32>(changetype<usize>(this) + ((<usize>index) << 2), value, 0, 1)
    }
}

/** Records of a class of the kernel's own, one after the other. */
@global
@unmanaged
@final
export class Records<T> {
    [key: i32]: T

    @inline
    @operator("[]")
    private read(index: i32): T {
        return changetype<T>(
            changetype<usize>(this) + <usize>index * offsetof<T>()
        )
    }
}

/** Records that are handed over to the caller: at most `capacity`, which the caller decides. */
@unmanaged
@final
export class List<T> {
    [key: i32]: T

    /** Records that were added. */
    length: i32 = 0
    readonly capacity: i32 = 0
    /** Records for which there was no place. */
    left: i32 = 0
    private unused: i32 = 0

    @inline
    @operator("[]")
    private read(index: i32): T {
        return changetype<T>(
            changetype<usize>(this) +
                offsetof<List<T>>() +
                <usize>index * offsetof<T>()
        )
    }

    /** Begin anew: what was added before is gone. */
    @inline
    clear(): void {
        this.length = 0
        this.left = 0
    }

    /** Is there a place for one more? What has none is counted in `left`. */
    @inline
    hasPlace(): bool {
        const free = this.length < this.capacity
        if (!free) this.left += 1
        return free
    }

    /** The next record, to be filled in: all its fields. Ask hasPlace() first. */
    @inline
    add(): T {
        const index = this.length
        this.length = index + 1
        return changetype<T>(
            changetype<usize>(this) +
                offsetof<List<T>>() +
                <usize>index * offsetof<T>()
        )
    }
}

/** A picture. The camera writes this record; the pixels lie where DMA put them. */
@unmanaged
@final
export class Frame {
    private readonly pixels: usize = 0
    /** Pixels of a row. */
    readonly width: i32 = 0
    /** Rows. */
    readonly height: i32 = 0
    /** Bytes from one row to the next. */
    readonly stride: i32 = 0
    /** 1 gray8, 2 RGB565, 3 YUV 4:2:2: PixelFormat of "camscript". */
    readonly format: i32 = 0

    /** The bytes of row y: its pixels, where a pixel has one byte. */
    @inline
    row(y: i32): Bytes {
        return changetype<Bytes>(this.pixels + <usize>(y * this.stride))
    }

    /** The pixels of row y, two bytes each. */
    @inline
    row16(y: i32): Words {
        return changetype<Words>(this.pixels + <usize>(y * this.stride))
    }
}

/** A row of a picture while it is captured: it is overwritten after the kernel's return. */
@unmanaged
@final
export class Row {
    private readonly address: usize = 0
    /** Pixels. */
    readonly width: i32 = 0
    /** Which row, from 0 on, and of how many. */
    readonly y: i32 = 0
    readonly height: i32 = 0

    @inline
    get pixels(): Bytes {
        return changetype<Bytes>(this.address)
    }

    @inline
    get first(): bool {
        return this.y == 0
    }

    @inline
    get last(): bool {
        return this.y == this.height - 1
    }
}

// Memory of a kernel's own, laid out when it is compiled: zero at the start of the program, kept from call to call. These calls
// never run: the build puts the address of static memory in their place (toolchain/kernel/static-tables.mjs).

/** Own memory of so many bytes: `const seen = bytes(64)` at the top of the file. The length is a constant. */
export function bytes(length: i32): Bytes {
    ERROR(
        "bytes(n) makes memory at the top of the file only: const table = bytes(100)"
    )
    return changetype<Bytes>(length)
}

/** As bytes(), of so many 16-bit words. */
export function words(length: i32): Words {
    ERROR(
        "words(n) makes memory at the top of the file only: const table = words(100)"
    )
    return changetype<Words>(length)
}

/** As bytes(), of so many 32-bit integers. */
export function ints(length: i32): Ints {
    ERROR(
        "ints(n) makes memory at the top of the file only: const table = ints(100)"
    )
    return changetype<Ints>(length)
}

/** As bytes(), of so many records: `const runs = records<Run>(128)`. */
export function records<T>(length: i32): Records<T> {
    ERROR(
        "records<T>(n) makes memory at the top of the file only: const runs = records<Run>(100)"
    )
    return changetype<Records<T>>(length)
}

// Four unsigned bytes in a u32: instructions of the Cortex-M4 (Armv7-M ARM, A7.7).

/** sum + |a0-b0| + |a1-b1| + |a2-b2| + |a3-b3| (USADA8). */
export declare function sumOfDifferences(a: u32, b: u32, sum: i32): i32

/** In each byte a - b, 0 where that is negative (UQSUB8). */
export declare function above(a: u32, b: u32): u32

/** In each byte (a + b) / 2, rounded down (UHADD8). */
export declare function halfSum(a: u32, b: u32): u32

/** The low byte of a number, four times. */
export function four(value: i32): u32 {
    return ((<u32>value) & 0xff) * 0x01010101
}
