export const createStore = (): void => {};
