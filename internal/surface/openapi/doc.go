// Package openapi serves the description of everything that is served, as
// OpenAPI 3.1, at /openapi.json.
//
// # Where it comes from
//
// What the program knows is taken from the program: which routes are mounted,
// which credentials and permissions they take, where the server is and which
// version runs. Nobody writes that down, so it cannot be out of date.
//
// What only people know stands in the folder parts, one file for each surface:
// what a route is for, its parameters, bodies, answers and errors, and the
// schemas, in the words of JSON Schema 2020-12. A file is YAML, and shorter
// than OpenAPI:
//
//	tag: Service tokens
//	about: What the surface is for.
//	error: {schema: FlatError}          # the form of every error
//	parameters:                         # by name; routes take them by name
//	  limit: {in: query, about: …, schema: {type: integer}}
//	routes:
//	  - route: GET /api/things/{id}     # as it is mounted
//	    id: findThing                   # what a generated client calls it
//	    summary: Find a thing
//	    parameters: [limit]             # {id} is taken by itself
//	    answers: {200: {schema: Thing}}
//	    errors: [404]                   # beside those that every route has
//	schemas:
//	  Thing: {type: object, required: [id], properties: {id: {type: string}}}
//
// "$ref: Thing" means the schema of that name, whichever file it is in.
//
// # What keeps it true
//
// Tests compare it with the mounted routes in both directions, validate it as
// OpenAPI 3.1, compare its schemas with the types of package api, and make
// requests to a running server through every route: an answer with a member or
// a status that is not described fails.
//
// # Who may read it
//
// Any good credential. To strangers it would be a list of doors, and would tell
// the version (row J-07).
package openapi
