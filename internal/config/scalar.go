package config

import (
	"log/slog"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/tokenwright/tokenwright/token"
)

// scalar is a single value of the configuration outside lists.
type scalar struct {
	key   string // "kinds.service.prefix"
	env   string // "TOKENWRIGHT_KINDS_SERVICE_PREFIX", "" when it has none
	value reflect.Value
}

// Key describes a key of the configuration that holds a single value.
type Key struct {
	Path    string // "kinds.service.prefix"
	Env     string // environment variable; "" when the key has none
	Default string // as it is written in the file; "" when there is none
}

// Keys lists the keys outside lists and optional sections, in the order of
// the file, for reference pages and completion.
func Keys() []Key {
	var keys []Key
	eachScalar(defaults(), func(s scalar) {
		keys = append(keys, Key{s.key, s.env, text(s.value)})
	})
	return keys
}

// eachScalar visits every single value of c, in order of the fields.
func eachScalar(c *Config, visit func(scalar)) {
	walkScalars(reflect.ValueOf(c).Elem(), "", visit)
}

func walkScalars(v reflect.Value, path string, visit func(scalar)) {
	for _, f := range fieldsOf(v.Type()) {
		field, key := v.Field(f.index), join(path, f.name)
		switch {
		case isScalar(field.Type()):
			s := scalar{key: key, value: field}
			if !f.noEnv {
				s.env = "TOKENWRIGHT_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
			}
			visit(s)
		case field.Kind() == reflect.Struct:
			walkScalars(field, key, visit)
		}
	}
}

// field is a field that has a key.
type field struct {
	name  string
	index int
	noEnv bool
}

// fieldsOf lists the fields of a struct that have a key.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		if name := f.Tag.Get("yaml"); name != "" && name != "-" {
			fields = append(fields, field{name, i, f.Tag.Get("env") == "-"})
		}
	}
	return fields
}

// aloneOf gives the field of a section that can be written alone, in place of
// the section: a name for a name with a description. It is not valid when there
// is none.
func aloneOf(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Struct {
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("alone") == "true" {
				return v.Field(i)
			}
		}
	}
	return reflect.Value{}
}

// isScalar reports whether setText can read the type.
func isScalar(t reflect.Type) bool {
	switch reflect.New(t).Interface().(type) {
	case *Database, *netip.Prefix:
		return true
	}
	return t.Kind() == reflect.String || t.Kind() == reflect.Bool || t.Kind() == reflect.Int || t.Kind() == reflect.Int64
}

// setText reads a single value from its written form. The message of its
// error continues a sentence that begins with the key, and never repeats the
// value.
func setText(v reflect.Value, written string) (err error) {
	switch p := v.Addr().Interface().(type) {
	case *Database:
		*p, err = ParseDatabase(written)
	case *netip.Prefix:
		*p, err = parseNetwork(written)
	case *time.Duration:
		*p, err = ParseDuration(written)
	case *slog.Level:
		*p, err = parseLevel(written)
	case *bool:
		*p = written == "true"
		if written != "true" && written != "false" {
			err = token.Invalid("must be true or false")
		}
	case *int:
		if *p, err = strconv.Atoi(written); err != nil {
			err = token.Invalid("must be a whole number, written in digits")
		}
	default:
		v.SetString(written)
	}
	return err
}

// text gives the written form of a single value, without secrets. It is ""
// for a value that is not there.
func text(v reflect.Value) string {
	switch p := v.Interface().(type) {
	case Database:
		return p.String()
	case netip.Prefix:
		return p.String()
	case time.Duration:
		return FormatDuration(p)
	case slog.Level:
		return strings.ToLower(p.String())
	case bool:
		return strconv.FormatBool(p)
	case int:
		return strconv.Itoa(p)
	}
	return v.String()
}

// parseNetwork reads a network or a single address.
func parseNetwork(s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		addr, err := netip.ParseAddr(s)
		if err != nil || addr.Zone() != "" {
			return netip.Prefix{}, token.Invalid("must be a network such as 10.0.0.0/8 or an address such as 10.1.2.3")
		}
		p = netip.PrefixFrom(addr, addr.BitLen())
	}
	if p.Addr().Is4In6() {
		// It would never match: addresses of clients are compared as IPv4.
		return netip.Prefix{}, token.Invalid("must be written as an IPv4 network, without ::ffff:")
	}
	if p != p.Masked() {
		return netip.Prefix{}, token.Invalid("has address bits behind its length; write " + p.Masked().String() + " or a single address")
	}
	return p, nil
}

func parseLevel(s string) (slog.Level, error) {
	for _, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
		if s == strings.ToLower(level.String()) {
			return level, nil
		}
	}
	return 0, token.Invalid("must be debug, info, warn or error")
}
