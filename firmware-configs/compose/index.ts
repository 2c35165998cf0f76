/** How a device's document is composed of what organisation, templates, groups, site and device say. */
export { type Composed, type ComposeNeeds, compose, type Origin, originsAt } from "./compose.ts";
export { concealed } from "./conceal.ts";
export { type Facts, type FillText, filledTextsMost } from "./fill.ts";
export { isObject } from "./identity.ts";
export { inOrder, type Layer, type LayerKind, type LayerName, layerKinds } from "./layers.ts";
export { documentOf, overlay, type Put, stack, type Tree } from "./merge.ts";
export {
  type Scalar,
  type Variable,
  type Variables,
  type VariableType,
  variable,
  variableLimits,
  variables,
  variableTypes,
  wordsOf,
} from "./variables.ts";
