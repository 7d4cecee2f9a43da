// SPDX-License-Identifier: MIT
// Least squares by the normal equations: for a dozen unknowns, well apart.

/**
 * The x for which the sum of (row . x - y)^2 over all rows is least.
 * @throws RangeError when the rows do not tell the unknowns apart
 */
export function leastSquares(
    rows: readonly (readonly number[])[],
    y: readonly number[]
): number[] {
    const unknowns = rows[0]!.length
    const system = Array.from({ length: unknowns }, (_, i) => [
        ...Array.from({ length: unknowns }, (_, j) =>
            rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)
        ),
        rows.reduce((sum, row, k) => sum + row[i]! * y[k]!, 0),
    ])
    for (let column = 0; column < unknowns; column++) {
        const pivot = system
            .slice(column)
            .reduce((best, row) =>
                Math.abs(row[column]!) > Math.abs(best[column]!) ? row : best
            )
        if (Math.abs(pivot[column]!) < 1e-12)
            throw new RangeError(
                `least squares: nothing tells unknown ${column} apart`
            )
        system[system.indexOf(pivot)] = system[column]!
        system[column] = pivot
        for (const row of system) {
            if (row === pivot) continue
            const factor = row[column]! / pivot[column]!
            for (let k = column; k <= unknowns; k++)
                row[k] = row[k]! - factor * pivot[k]!
        }
    }
    return system.map((row, i) => row[unknowns]! / row[i]!)
}
