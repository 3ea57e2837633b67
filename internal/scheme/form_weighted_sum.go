package scheme

// WeightedSum adds its children's shares of full marks by their weights.
// Children that drop out leave their weight to the others.
type WeightedSum struct{}

func (*WeightedSum) Kind() string { return "weighted-sum" }

func (*WeightedSum) Reads() Reads { return Reads{Kids: true} }

func readWeightedSum(*Params) Form { return &WeightedSum{} }
