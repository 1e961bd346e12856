// The library as one bundle, as it is published: a process of these tests starts in a third of the time that it takes to load the modules one by one.
export * from "../../packages/cli/dist/bundle/index.js";
