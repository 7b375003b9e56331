declare const brand: unique symbol;

/** A value that its parse function has returned: a plain value at run time, a type of its own to the compiler. */
export type Brand<Value, Name extends string> = Value & { readonly [brand]: Name };
