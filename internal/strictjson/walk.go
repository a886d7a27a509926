package strictjson

// Walk is Check that shows every object of a text to visit, whatever it stands
// in; the objects inside one come before it. What it showed counts only when
// Walk gives nil. The values point into data.
func Walk(data []byte, limits Limits, visit func(Object)) error {
	s, err := newScanner(data, limits)
	if err != nil {
		return err
	}
	s.each = visit
	s.space()
	if err := s.value(); err != nil {
		return err
	}
	return s.end()
}
