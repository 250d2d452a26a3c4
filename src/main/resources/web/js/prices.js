// Money of the world outside, as it is said there: from the smallest unit of a currency, which has not always two decimals.
export function price(amount, currency) {
  const format = new Intl.NumberFormat("en", { style: "currency", currency: currency.toUpperCase() });
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}
