// Package storetest says what a store must do, as a suite of named behaviours
// that every back end passes:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) *store.Store { ... })
//	}
//
// The suite knows the database only through the methods of the store. Each
// behaviour gets a store of its own, so it may be run alone by its name.
package storetest
