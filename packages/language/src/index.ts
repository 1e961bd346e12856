export { compilePattern } from "./pattern.ts";
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
} from "./dates.ts";
export { formatDiagnostic } from "./diagnostics.ts";
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
  ScalarName,
  TupleMember,
  TypeId,
  UniqueConstraint,
  ValueType,
} from "./schema/catalog.ts";
export {
  canonicalKeyText,
  canonicalText,
  fitsType,
  formatType,
  INTEGER_BOUNDS,
  roundedTo,
} from "./values.ts";
export { checkSchema, compileSchema, type Mint, ulidMint } from "./schema/compile.ts";
export { SCHEMA_CODES, type SchemaCode, type SchemaCodeEntry } from "./schema/codes.ts";
export { formatSchema } from "./schema/format.ts";
export { decodeSchema, encodeSchema } from "./schema/stored.ts";
export type { Diagnostic, Severity, Source, Span } from "./source.ts";
export type {
  AggregateFunction,
  Assignment,
  Clause,
  ComparisonOperator,
  Condition,
  Expr,
  ExprType,
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
} from "./query/ir.ts";
export { didYouMean } from "./query/suggest.ts";
export { QUERY_CODES, type QueryCode, type QueryCodeEntry } from "./query/codes.ts";
export { type CompiledQuery, type CompiledSource, compileQueries, compileQuery } from "./query/compile.ts";
export { type AnswerValue, toExportValue, toJsonValue } from "./query/answer.ts";
export { bindParameters, undeclaredParameters } from "./query/parameters.ts";
export { formatQueries } from "./query/format.ts";
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
} from "./query/operation.ts";
