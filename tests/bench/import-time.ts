// Prints how many milliseconds it takes to import a module; a process of its own imports it for the first time.
const start = performance.now();
await import(process.argv[2] as string);
console.log(performance.now() - start);
process.exit(0);
