export const greatestCommonDivisor = (left: number, right: number): number => (right === 0 ? left : greatestCommonDivisor(right, left % right));
