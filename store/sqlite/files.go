package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

const (
	fileMode   fs.FileMode = 0o600
	folderMode fs.FileMode = 0o700
)

// realFile makes the file, or checks who may reach it, and gives its path
// without links: two names of one database must mean one lock (K-14), and it is
// the folder of the file itself in which nobody else may write.
func realFile(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("sqlite: %w", err)
	}
	if err := secureFiles(path); err != nil {
		return "", err
	}
	resolved, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", fmt.Errorf("sqlite: %w", err)
	}
	if resolved == path {
		return path, nil
	}
	return resolved, secureFiles(resolved)
}

// secureFiles makes the folder and the file, or checks who may reach them.
// SQLite gives its -wal and -shm files the mode of the database.
func secureFiles(path string) error {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, folderMode); err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	info, err := os.Stat(folder)
	if err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	// In a folder with the sticky bit, as /tmp, only the owner may replace a
	// file.
	if info.Mode().Perm()&0o022 != 0 && info.Mode()&fs.ModeSticky == 0 {
		return fmt.Errorf("sqlite: others may replace files in %s: mend with: chmod go-w %[1]s", strconv.Quote(folder))
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	defer file.Close() // nothing was written
	if info, err = file.Stat(); err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	switch {
	case !info.Mode().IsRegular():
		return fmt.Errorf("sqlite: %s is not a file", strconv.Quote(path))
	case info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("sqlite: others may open %s: mend with: chmod 600 %[1]s", strconv.Quote(path))
	}
	return nil
}

// acquire locks the lock file for this process. The file stays: removing it
// would let two processes hold locks on two files of the same name. It is not
// the database itself, because closing any descriptor of that would drop
// SQLite's own locks (fcntl locks belong to the process).
func acquire(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errors.New("another process has the database open: stop it first, or ask it through its API")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite: lock %s: %w", strconv.Quote(path), err), file.Close())
	}
	return file, nil
}
