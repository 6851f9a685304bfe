import * as z from "zod";

export const BrowserModule = z.string().describe("The text of an ES module that imports nothing");
