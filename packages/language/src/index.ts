export { compilePattern } from "./schema/catalog/pattern.ts";
export {
  FINER_THAN_MILLIS,
  finerThanMillis,
  formatDate,
  formatDateTime,
  formatInstant,
  isoText,
  MAX_DATE,
  MAX_DATE_TIME,
  MIN_DATE,
  MIN_DATE_TIME,
  parseDate,
  parseDateTime,
  parseInstant,
} from "./types/dates.ts";
export { formatDiagnostic } from "./text/diagnostics.ts";
export type {
  Annotation,
  Catalog,
  CheckConstraint,
  EdgeType,
  EntityType,
  InterfaceType,
  NodeType,
  Property,
  PropertyId,
  RangeConstraint,
  TupleMember,
  TypeId,
  UniqueConstraint,
} from "./schema/catalog/catalog.ts";
export { formatType, type ScalarName, type ValueType } from "./types/value-types.ts";
export { canonicalKeyText, canonicalText, fitsType, INTEGER_BOUNDS, roundedTo } from "./types/values.ts";
export { checkSchema, compileSchema, type Mint, ulidMint } from "./schema/compile.ts";
export { SCHEMA_CODES, type SchemaCode, type SchemaCodeEntry } from "./schema/resolve/codes.ts";
export { formatSchema } from "./schema/format/format.ts";
export { decodeSchema, encodeSchema } from "./schema/catalog/stored.ts";
export type { Diagnostic, Severity, Source, Span } from "./text/source.ts";
export type {
  AggregateFunction,
  Assignment,
  Clause,
  ComparisonOperator,
  Condition,
  Expr,
  Field,
  FilterOperator,
  Hops,
  MutationQuery,
  OrderKey,
  Parameter,
  ReadQuery,
  ReturnColumn,
  SearchFunction,
  Statement,
  TypedQuery,
  ValueExpr,
  Variable,
  VariableIndex,
} from "./query/ir/typed-query.ts";
export type { ExprType } from "./types/expr-types.ts";
export { didYouMean } from "./text/suggest.ts";
export { QUERY_CODES, type QueryCode, type QueryCodeEntry } from "./query/typing/codes.ts";
export { type CompiledQuery, type CompiledSource, compileQueries, compileQuery } from "./query/compile.ts";
export { type AnswerValue, toExportValue, toJsonValue } from "./types/json.ts";
export { bindParameters, undeclaredParameters } from "./query/parameters.ts";
export { formatQueries } from "./query/format/format.ts";
export {
  type LintFinding,
  type LintJson,
  type LintReport,
  type LintResult,
  lintSource,
} from "./query/lint.ts";
export {
  describeOperation,
  type Operation,
  type ResultColumn,
  type TypeUse,
  type ValueKind,
} from "./query/ir/operation.ts";
