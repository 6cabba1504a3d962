// Arrays in words. An amount is {shape, values, norm}; values are null where there are too many to show.

export function number(value) {
  if (typeof value !== "number") return String(value);
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

function nested(values, indent = "") {
  if (!Array.isArray(values)) return number(values);
  const deep = Array.isArray(values[0]);
  return `[${values.map((part) => nested(part, indent + " ")).join(deep ? ",\n " + indent : ", ")}]`;
}

export function words(amount) {
  if (amount === null) return "none";
  if (amount.values !== null) return nested(amount.values);
  return `(${amount.shape.join(", ")}) norm ${number(amount.norm)}`;
}

export function short(amount, most = 14) {
  const text = words(amount).replace(/\s+/g, " ");
  return text.length <= most ? text : `norm ${number(amount.norm)}`;
}
