// Package config turns a YAML file, the environment and flags into one
// checked [Config].
//
// # Order
//
// Defaults come first, then the file, then the environment, then flags; a
// later source wins. The file is the one given by --config, else by
// TOKENWRIGHT_CONFIG, else ./tokenwright.yaml when that exists. A file that
// was named must be there and whole: missing, empty, cut, a folder or a
// dangling link all refuse the start, and a default never stands in for what
// could not be read (row K-16).
//
// Every single value outside lists can also be given in the environment:
// TOKENWRIGHT_ and the path of its key in capitals, dots as underscores, so
// kinds.service.max_lifetime is TOKENWRIGHT_KINDS_SERVICE_MAX_LIFETIME.
// [Keys] lists them all.
//
// # Faults
//
// [Load] reports all faults at once as [Faults]: where (file and line,
// variable or flag), which key, what is wrong and how to mend it. Reading is
// strict, because a setting that is silently ignored is worse than a refused
// start: unknown and repeated keys, keys without a value, YAML anchors and
// aliases, several documents, and values of another type are faults. No
// message repeats a value that could hold a secret.
//
// The file is decoded here, over the nodes of the YAML library, and not by
// its decoder: only so does each fault carry its line and its key, and an
// unknown key a hint at the one that was meant.
//
// # Secrets
//
// Secrets are never written in the file. Keys that end in _file and _env name
// a file, which only its owner may read, or an environment variable;
// [SecretRef.Read] reads it and [Config.CheckSecrets] tries them all. The one
// exception is the password in a database URL, which is why [Database] never
// prints it.
//
// # Adding a key
//
// Add a field with a yaml tag, its default in defaults.go and its rule in one
// of the check files. Decoding, the environment, printing and [Keys] follow
// from the field.
package config
