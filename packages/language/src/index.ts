export { compilePattern } from "./schema/catalog/pattern.ts";
export { patternProblem } from "./query/typing/regular-expressions.ts";
export {
  FINER_THAN_MILLIS,
  finerThanMillis,
  formatInstant,
  MAX_DATE,
  MAX_DATE_TIME,
  MIN_DATE,
  MIN_DATE_TIME,
  parseDate,
  parseDateTime,
  parseInstant,
} from "./types/dates.ts";
export { formatDiagnostic, warningLine } from "./text/diagnostics.ts";
export type {
  Annotation,
  Catalog,
  CheckConstraint,
  EdgeType,
  EntityType,
  EntityTypeBase,
  InterfaceType,
  NodeType,
  Property,
  PropertyId,
  RangeConstraint,
  TupleMember,
  TypeId,
  UniqueConstraint,
} from "./schema/catalog/catalog.ts";
export type { ScalarName, ValueType } from "./types/value-types.ts";
export { formatType } from "./types/value-types.ts";
export { canonicalKeyText, canonicalText, fitsType, INTEGER_BOUNDS, roundedTo } from "./types/values.ts";
export { checkSchema, compileSchema, ulidMint } from "./schema/compile.ts";
export { SCHEMA_CODES } from "./schema/resolve/codes.ts";
export { MIGRATION_CODES, type MigrationCode } from "./schema/migrate/codes.ts";
export { schemaOfType } from "./schema/migrate/row-conditions.ts";
export { planMigration, stepsBetween } from "./schema/migrate/plan.ts";
export { type DeclarationPair, schemaDifferences, schemaSteps } from "./schema/merge/differences.ts";
export { type MergedSchema, mergeSchemas, type SchemaConflict } from "./schema/merge/merge.ts";
export type {
  ConditionalStep,
  DropMode,
  MigratedProperty,
  MigratedType,
  MigrationStep,
  NamedConstraint,
  RowCondition,
} from "./schema/migrate/steps.ts";
export { formatSchema } from "./schema/format/format.ts";
export { type KeyPart, keyParts } from "./schema/catalog/key.ts";
export { decodeSchema, encodeSchema, sameDeclaration } from "./schema/catalog/stored.ts";
export type { Diagnostic } from "./text/source.ts";
export type {
  AssignedExpr,
  Clause,
  ComparisonOperator,
  Condition,
  SimpleCondition,
  SimplePredicate,
  FieldNullTest,
  Field,
  FieldComparison,
  ComputedExpr,
  Expr,
  OrderKey,
  OutcomeExpr,
  Comparison,
  FilterOperator,
  Predicate,
  FollowedEdge,
  Hops,
  MutationQuery,
  ReadQuery,
  ReturnColumn,
  RowCount,
  Statement,
  Subquery,
  TypedQuery,
  ValueExpr,
  Variable,
  VariableIndex,
  Where,
} from "./query/ir/typed-query.ts";
export type {
  FuzzySearch,
  Ranking,
  RankFusion,
  SearchExpr,
  SearchInput,
  TextRanking,
  VectorRanking,
  WordSearch,
} from "./query/ir/search.ts";
export { type Formula, formulaText, isJoined, partsOf } from "./query/ir/formula.ts";
export {
  aggregatedBy,
  aggregatesIn,
  childrenOf,
  isConstant,
  operandsOf,
  variablesIn,
} from "./query/ir/expressions.ts";
export { exprKey } from "./query/ir/expr-key.ts";
export { bestIsGreatest } from "./query/ir/search.ts";
export { SCALAR_KINDS, type TouchedTypes, touchedTypes } from "./query/ir/operation.ts";
export { type AggregateFunction, AGGREGATES } from "./types/aggregates.ts";
export type { ExprType } from "./types/expr-types.ts";
export { didYouMean } from "./text/suggest.ts";
export { QUERY_CODES } from "./query/typing/codes.ts";
export { compileQueries, compileQuery } from "./query/compile.ts";
export { type AnswerValue, toExportValue, toJsonValue } from "./types/json.ts";
export { bindParameters, undeclaredParameters } from "./query/parameters.ts";
export { formatQueries } from "./query/format/format.ts";
export { type LintReport, lintSource } from "./query/lint.ts";
