package config

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

const (
	// DefaultFile is read when no file is named and it exists.
	DefaultFile = "./tokenwright.yaml"
	// EnvFile names the file when --config does not.
	EnvFile = "TOKENWRIGHT_CONFIG"

	maxFileSize = 1 << 20 // bytes
	maxDepth    = 32      // of nested lists and sections
)

// readFile finds, reads and decodes the file. It gives false when there is no
// sense in going on: then the one fault is about the file as a whole.
func (l *loader) readFile(named string) bool {
	path, ok := l.findFile(named)
	if !ok || path == "" {
		return ok
	}
	l.cfg.File = path
	place := Place{Source: path}
	data, problem := readWhole(path)
	if problem != "" {
		l.faultAt(place, "", "%s", problem)
		return false
	}
	root, problem, line := parse(data)
	if problem != "" {
		l.faultAt(Place{path, line}, "", "%s", problem)
		return false
	}
	if !bytes.HasSuffix(data, []byte("\n")) {
		l.warnings = append(l.warnings, Warning{place, "", "the last line does not end; if the file was cut off, settings are missing"})
	}
	l.decode(path, root)
	if !l.cfg.Database.URL.IsZero() && l.cfg.Database.hasPassword && readableByOthers(path) {
		l.warn("database", "holds a password and every user of this machine can read the file; chmod 640 %s or tighter", path)
	}
	return true
}

// findFile gives the path to read, "" when there is none. ok is false after a
// fault.
func (l *loader) findFile(named string) (path string, ok bool) {
	if named != "" {
		return named, true
	}
	if path, ok := l.env(EnvFile); ok {
		if path == "" {
			l.faultAt(Place{Source: EnvFile}, "", "is set but empty; give it the path of a file or do not set it")
		}
		return path, path != ""
	}
	// Lstat, so that a dangling link counts as a file that cannot be read.
	if _, err := os.Lstat(DefaultFile); errors.Is(err, fs.ErrNotExist) {
		return "", true
	}
	return DefaultFile, true
}

// readWhole reads the file, or says in plain words why it cannot be used.
func readWhole(path string) (data []byte, problem string) {
	file, err := os.Open(path)
	if err != nil {
		return nil, "cannot be read: " + plainError(err)
	}
	defer func() { _ = file.Close() }() // nothing was written
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, "cannot be read: " + plainError(err)
	case info.IsDir():
		return nil, "is a folder; name the file in it"
	case writableByAll(info.Mode()):
		// Whoever may write the policy holds every permission.
		return nil, "can be written by every user of this machine; chmod 640 it"
	}
	data, err = io.ReadAll(io.LimitReader(file, maxFileSize+1))
	switch {
	case err != nil:
		return nil, "cannot be read: " + plainError(err)
	case len(data) > maxFileSize:
		return nil, "is larger than 1 MiB; this cannot be a configuration"
	case len(data) == 0:
		return nil, "is empty (0 bytes); write settings into it or do not name it"
	}
	return data, ""
}

// plainError drops the path, which stands in front already.
func plainError(err error) string {
	var pathError *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file, or it is a link to nothing"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied to the user that runs this program"
	case errors.As(err, &pathError):
		return pathError.Err.Error()
	}
	return err.Error()
}

// parse gives the root of the one document in data, or what is wrong and the
// line (0 when it is not known).
func parse(data []byte) (root *yaml.Node, problem string, line int) {
	loader, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithV4Defaults(),
		yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		return nil, "cannot be parsed: " + syntax(err), 0
	}
	var document, second yaml.Node
	err = loader.Load(&document)
	if errors.Is(err, io.EOF) {
		return nil, "holds no setting, only comments or blank lines; write settings into it or do not name it", 0
	}
	if err != nil {
		return nil, "is not YAML: " + syntax(err), lineOf(err)
	}
	if err := loader.Load(&second); !errors.Is(err, io.EOF) {
		return nil, "holds more than one YAML document, or something that is not YAML follows the first; keep one",
			max(second.Line, lineOf(err))
	}
	if document.Kind == yaml.DocumentNode && len(document.Content) == 1 {
		return document.Content[0], "", 0
	}
	return &document, "", 0
}

// syntax gives the words of the YAML library up to the first quote or bracket:
// what it quotes is a piece of the file, and may be a piece of a password.
func syntax(err error) string {
	message := err.Error()
	var one *yaml.LoadError
	if errors.As(err, &one) {
		message = one.Message
	}
	message, _, _ = strings.Cut(message, "\n")
	if i := strings.IndexAny(message, "'\"`("); i >= 0 {
		message = strings.TrimRight(message[:i], " ")
	}
	return message
}

func lineOf(err error) int {
	var one *yaml.LoadError
	if errors.As(err, &one) {
		return one.Mark.Line
	}
	return 0
}

// Modes say nothing on Windows, where access lists take their part.
func writableByAll(mode fs.FileMode) bool {
	return runtime.GOOS != "windows" && mode.IsRegular() && mode.Perm()&0o002 != 0
}

func readableByOthers(path string) bool {
	info, err := os.Stat(path)
	return err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o004 != 0
}
