"""Acts on many people in one go, a verdict for each: what files and other systems send in rows."""
