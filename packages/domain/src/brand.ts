declare const brand: unique symbol;

/** A value that has passed the parse function of its name: plain at run time, its own type to the compiler. */
export type Brand<Value, Name extends string> = Value & { readonly [brand]: Name };
