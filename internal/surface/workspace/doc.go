// Package workspace is where people make and end their workspace tokens: by the
// account RPC that clients of the reference speak, and by a REST surface of the
// product's own.
//
// # The RPC
//
// One path takes {"method", "params", "id"?} and answers {"id"?, "result"?} or
// {"error"}. A method that fails is answered with status 200; its error is a
// status object whose code is a text. Only what is wrong with the request
// itself has a status of its own.
//
// Who calls is found out before anything else is looked at, so that a stranger
// learns nothing about parameters. A workspace token may call nothing: it must
// not renew itself, and its holder must not end others. What people may do
// follows from what they are in a workspace; claims of the presented token
// about roles are not believed.
//
// # The REST surface
//
// The same verbs of the same authority, in the style of the other kinds. A
// token of somebody else is not found.
package workspace
