package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Keys are what must never lie in the database or its backup.
type Keys struct {
	Identity [32]byte // AES-256-GCM of identity numbers and second factors
	Index    [32]byte // HMAC of the blind index over identity numbers
	Log      string   // note signer of checkpoints; its name is the log's origin
	Verifier string   // public key of Log, to be handed to everybody
}

// NewKeys draws keys for the log named origin ("shiji.example.edu.cn/log").
func NewKeys(random io.Reader, origin string) (Keys, error) {
	var k Keys
	for _, b := range [][]byte{k.Identity[:], k.Index[:]} {
		if _, err := io.ReadFull(random, b); err != nil {
			return Keys{}, fmt.Errorf("draw keys: %w", err)
		}
	}
	var err error
	if k.Log, k.Verifier, err = note.GenerateKey(random, origin); err != nil {
		return Keys{}, fmt.Errorf("draw keys: %w", err)
	}
	return k, nil
}

type keyFile struct {
	Format   string `json:"format"`
	Identity string `json:"identity"`
	Index    string `json:"index"`
	Log      string `json:"log"`
	Verifier string `json:"verifier"`
}

const keyFormat = "shiji-keys/1"

// Save writes k to a new file that only its owner may read; it never overwrites.
func (k Keys) Save(path string) error {
	b, err := json.MarshalIndent(keyFile{keyFormat, hex.EncodeToString(k.Identity[:]), hex.EncodeToString(k.Index[:]), k.Log, k.Verifier}, "", "  ")
	if err != nil {
		return fmt.Errorf("save keys: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("save keys: %w", err)
	}
	if _, err = f.Write(append(b, '\n')); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("save keys: %w", err)
	}
	return syncDir(path)
}

// LoadKeys reads what Save wrote. It refuses a file that others may read.
func LoadKeys(path string) (Keys, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Keys{}, fmt.Errorf("load keys: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return Keys{}, fmt.Errorf("load keys: others may read %s; set its mode to 600", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return Keys{}, fmt.Errorf("load keys: %w", err)
	}
	var f keyFile
	if err := json.Unmarshal(b, &f); err != nil || f.Format != keyFormat {
		return Keys{}, fmt.Errorf("load keys: %s is not of format %s", path, keyFormat)
	}
	k := Keys{Log: f.Log, Verifier: f.Verifier}
	for _, part := range []struct {
		text string
		to   []byte
	}{{f.Identity, k.Identity[:]}, {f.Index, k.Index[:]}} {
		raw, err := hex.DecodeString(part.text)
		if err != nil || len(raw) != len(part.to) {
			return Keys{}, fmt.Errorf("load keys: %s holds a malformed key", path)
		}
		copy(part.to, raw)
	}
	return k, nil
}

// check returns a value by which a database recognises its keys; it tells
// nothing about them.
func (k Keys) check() string {
	mac := hmac.New(sha256.New, k.Index[:])
	mac.Write(k.Identity[:])
	mac.Write([]byte("shiji-keys-check"))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// seal encrypts secret so that it opens only as what it was sealed for.
func (k Keys) seal(random io.Reader, secret, purpose string) ([]byte, error) {
	gcm, err := k.gcm()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, gcm.NonceSize(), gcm.NonceSize()+len(secret)+gcm.Overhead())
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return gcm.Seal(nonce, nonce, []byte(secret), []byte(purpose)), nil
}

func (k Keys) open(sealed []byte, purpose string) (string, error) {
	gcm, err := k.gcm()
	if err != nil {
		return "", err
	}
	if len(sealed) < gcm.NonceSize() {
		return "", errors.New("open: too short")
	}
	n := gcm.NonceSize()
	b, err := gcm.Open(nil, sealed[:n], sealed[n:], []byte(purpose))
	if err != nil {
		return "", fmt.Errorf("open: %w", err)
	}
	return string(b), nil
}

func (k Keys) gcm() (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.Identity[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// blind returns the value under which an identity number is found again.
func (k Keys) blind(identity string) []byte {
	mac := hmac.New(sha256.New, k.Index[:])
	mac.Write([]byte(normalIdentity(identity)))
	return mac.Sum(nil)
}

// normalIdentity folds what people write differently: spaces, a small x.
func normalIdentity(s string) string {
	return strings.ToUpper(strings.Join(strings.Fields(s), ""))
}

// maskIdentity shows province, city and the last two characters.
func maskIdentity(s string) string {
	s = normalIdentity(s)
	if len(s) < 8 {
		return strings.Repeat("*", len(s))
	}
	return s[:4] + strings.Repeat("*", len(s)-6) + s[len(s)-2:]
}
