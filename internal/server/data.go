package server

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// openData makes the data folder, or checks that it belongs to this user
// alone: it holds keys, and whoever can open the admin socket in it is an
// administrator.
func openData(path string) error {
	err := os.Mkdir(path, 0o700)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the data folder %s cannot be made: the folder above it does not exist", path)
	case !errors.Is(err, fs.ErrExist):
		return fmt.Errorf("the data folder cannot be made: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("the data folder cannot be read: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("the data folder %s is not a folder", path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("the data folder %s has mode %04o, but others must not reach it; run: chmod 700 %s", path, mode, path)
	}
	return nil
}
